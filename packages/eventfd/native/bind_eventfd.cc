#include "bindings.h"

void BindEventFd(Napi::Env env, Napi::Object exports) {}
