{
  "targets": [
    {
      "target_name": "eventfd",
      "sources": ["<!@(node -p \"require('../native/sources.cjs').sources('<(OS)').map(f=>'../native/'+f).join(' ')\")"],
      "include_dirs": ["<!(node -p \"require('node-addon-api').include_dir\")", "../native"],
      "defines": ["NAPI_VERSION=9", "NODE_ADDON_API_DISABLE_DEPRECATED", "NODE_ADDON_API_DISABLE_CPP_EXCEPTIONS", "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"],
      # With them fcntl and mmap have names that only glibc knows; offsets have 64 bits all the same, on these machines.
      "defines!": ["_FILE_OFFSET_BITS=64", "_LARGEFILE_SOURCE"],
      "cflags": ["-Wall", "-Wextra", "-Wno-unused-parameter", "-fvisibility=hidden"],
      "cflags_cc": ["-std=c++20"],
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++20", "-fno-rtti"],
      "conditions": [
        # Else atomics call helpers of libgcc, which look at the machine by what only glibc has.
        ["target_arch=='arm64'", { "cflags": ["-mno-outline-atomics"] }],
        ["OS=='mac'", {
          "xcode_settings": {
            "CLANG_CXX_LANGUAGE_STANDARD": "c++20",
            "GCC_ENABLE_CPP_RTTI": "YES",
            "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
            "MACOSX_DEPLOYMENT_TARGET": "11.0"
          }
        }],
        # The atomics are those of GCC, which clang has, and Microsoft's compiler has not.
        ["OS=='win'", {
          "msbuild_toolset": "ClangCL",
          "defines": ["NOMINMAX", "WIN32_LEAN_AND_MEAN"],
          "msvs_settings": { "VCCLCompilerTool": { "AdditionalOptions": ["/std:c++20"], "RuntimeTypeInfo": "true" } }
        }]
      ],
      # Node unloads an addon with the last worker that loaded it; handles in messages outlive that, and so do the statics.
      "ldflags": ["-Wl,--exclude-libs,ALL", "-Wl,-z,nodelete"]
    }
  ]
}
