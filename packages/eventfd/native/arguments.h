#pragma once

#include <napi.h>

#include <cstddef>

// The types of what JavaScript passes to the addon. The packages have checked what their callers passed, so that what
// is refused here is a mistake of their own; refused it is all the same, since what follows believes it.
namespace efd {

inline bool Is(const Napi::Value& value, napi_typedarray_type type) {
  return value.IsTypedArray() && value.As<Napi::TypedArray>().TypedArrayType() == type;
}

inline bool Is(const Napi::Value& value, char type) {
  switch (type) {
    case 'n':
      return value.IsNumber();
    case 'b':
      return value.IsBoolean();
    case 'g':
      return value.IsBigInt();
    case 's':
      return value.IsString();
    case 'o':
      return value.IsObject();
    case 'f':
      return value.IsFunction();
    case 'i':
      return Is(value, napi_int32_array);
    case 'u':
      return Is(value, napi_uint8_array);
    case 'w':
      return Is(value, napi_uint32_array);
  }
  return false;
}

inline Napi::Value Refuse(const Napi::CallbackInfo& info) {
  Napi::TypeError::New(info.Env(), "eventfd: bad argument to the addon").ThrowAsJavaScriptException();
  return {};
}

// True if the arguments are of these types, each a letter of Is. Else an exception is pending.
inline bool Check(const Napi::CallbackInfo& info, const char* types) {
  for (std::size_t i = 0; types[i] != '\0'; i++) {
    if (Is(info[i], types[i])) continue;
    Refuse(info);
    return false;
  }
  return true;
}

// Letters of Is, as a template argument.
template <std::size_t N>
struct Types {
  char letters[N];
  constexpr Types(const char (&text)[N]) {
    for (std::size_t i = 0; i < N; i++) letters[i] = text[i];
  }
};

// The function, called only if its arguments are of the types.
template <Napi::Value (*kFunction)(const Napi::CallbackInfo&), Types kTypes>
Napi::Value Checked(const Napi::CallbackInfo& info) {
  return Check(info, kTypes.letters) ? kFunction(info) : Napi::Value();
}

}  // namespace efd
