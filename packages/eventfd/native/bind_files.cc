#include "arguments.h"
#include "bindings.h"
#include "os/os.h"

namespace {

Napi::Value LockFile(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), efd::Os::LockFile(info[0].As<Napi::Number>().Int32Value()));
}

}  // namespace

void BindFiles(Napi::Env env, Napi::Object exports) {
  exports.Set("lockFile", Napi::Function::New(env, efd::Checked<LockFile, "n">, "lockFile"));
}
