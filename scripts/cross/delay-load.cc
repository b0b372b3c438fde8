// What Node has is in its executable, whatever the file is called: node.exe is the process itself. (node-gyp links a
// hook of its own, which is for Microsoft's compiler alone.)
// clang-format off
#include <windows.h>  // before the other, which needs it
#include <delayimp.h>
// clang-format on

#include <cstring>

namespace {

FARPROC WINAPI FindNode(unsigned event, PDelayLoadInfo info) {
  if (event != dliNotePreLoadLibrary || _stricmp(info->szDll, "node.exe") != 0) return nullptr;
  return reinterpret_cast<FARPROC>(GetModuleHandle(nullptr));
}

}  // namespace

extern "C" {
PfnDliHook __pfnDliNotifyHook2 = FindNode;
}
