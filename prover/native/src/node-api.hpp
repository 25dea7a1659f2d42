// The little of Node-API that the addon needs. Failures of Node-API itself are C++ exceptions as far as the callback.
#pragma once
#define NAPI_VERSION 8
#include <node_api.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace zkclear::node {

struct ApiError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void check(napi_status status) {
  if (status != napi_ok) throw ApiError("Node-API call failed: " + std::to_string(status));
}

inline std::vector<napi_value> arguments(napi_env env, napi_callback_info info, size_t count) {
  std::vector<napi_value> values(count);
  size_t given = count;
  check(napi_get_cb_info(env, info, &given, values.data(), nullptr, nullptr));
  if (given < count) throw ApiError("too few arguments");
  return values;
}

inline std::string toString(napi_env env, napi_value value) {
  size_t length = 0;
  check(napi_get_value_string_utf8(env, value, nullptr, 0, &length));
  std::string text(length + 1, '\0');
  check(napi_get_value_string_utf8(env, value, text.data(), text.size(), &length));
  text.resize(length);
  return text;
}

inline napi_value fromString(napi_env env, const std::string& text) {
  napi_value value;
  check(napi_create_string_utf8(env, text.data(), text.size(), &value));
  return value;
}

inline uint32_t toUint32(napi_env env, napi_value value) {
  uint32_t number;
  check(napi_get_value_uint32(env, value, &number));
  return number;
}

struct View {
  void* data;
  size_t bytes;
};

/** The memory of a typed array of this type. */
inline View view(napi_env env, napi_value value, napi_typedarray_type type) {
  bool isTyped = false;
  check(napi_is_typedarray(env, value, &isTyped));
  if (!isTyped) throw ApiError("no typed array");
  napi_typedarray_type actual;
  size_t length;
  void* data;
  check(napi_get_typedarray_info(env, value, &actual, &length, &data, nullptr, nullptr));
  if (actual != type) throw ApiError("a typed array of the wrong type");
  return {data, length * (type == napi_uint8_array ? 1 : 4)};
}

inline napi_value makeError(napi_env env, const std::string& code, const std::string& message) {
  napi_value error;
  check(napi_create_error(env, fromString(env, code), fromString(env, message), &error));
  return error;
}

/** Runs a callback's body; what it throws becomes a JavaScript exception. */
template <class Body>
napi_value guarded(napi_env env, Body body) {
  try {
    return body();
  } catch (const std::exception& error) {
    bool pending = false;
    napi_is_exception_pending(env, &pending);
    if (!pending) napi_throw_error(env, "NATIVE", error.what());
    return nullptr;
  }
}

inline void exportFunction(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  check(napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function));
  check(napi_set_named_property(env, exports, name, function));
}

/** Work on a thread of libuv's pool that settles a promise. Node waits for it before an environment goes. */
class Task {
 public:
  virtual ~Task() = default;

  /** Starts the task, which then owns itself. `held` stays alive until it has ended. */
  static napi_value start(napi_env env, std::unique_ptr<Task> task, std::vector<napi_value> held);

 protected:
  /** On the pool's thread: no Node-API here. */
  virtual void run() = 0;
  virtual napi_value result(napi_env env) = 0;
  /** Code of a failure that run() threw; `error` is what is in flight. */
  static std::string codeOf(const std::exception& error);

 private:
  static void execute(napi_env env, void* data);
  static void complete(napi_env env, napi_status status, void* data);

  napi_async_work work_ = nullptr;
  napi_deferred deferred_ = nullptr;
  std::vector<napi_ref> held_;
  std::string code_, message_;
};

}  // namespace zkclear::node
