#include "bindings.h"

void BindRoom(Napi::Env env, Napi::Object exports) {}
