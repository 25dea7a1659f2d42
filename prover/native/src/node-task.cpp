#include "node-api.hpp"
#include "prove.hpp"

namespace zkclear::node {

napi_value Task::start(napi_env env, std::unique_ptr<Task> task, std::vector<napi_value> held) {
  napi_value promise;
  check(napi_create_promise(env, &task->deferred_, &promise));
  for (napi_value value : held) {
    napi_ref reference;
    check(napi_create_reference(env, value, 1, &reference));
    task->held_.push_back(reference);
  }
  const napi_value name = fromString(env, "zkclear");
  check(napi_create_async_work(env, nullptr, name, execute, complete, task.get(), &task->work_));
  check(napi_queue_async_work(env, task->work_));
  task.release();
  return promise;
}

void Task::execute(napi_env, void* data) {
  auto* task = static_cast<Task*>(data);
  try {
    task->run();
  } catch (const std::exception& error) {
    task->code_ = codeOf(error);
    task->message_ = error.what();
  }
  wipeStack();
}

void Task::complete(napi_env env, napi_status status, void* data) {
  const std::unique_ptr<Task> task(static_cast<Task*>(data));
  for (napi_ref reference : task->held_) napi_delete_reference(env, reference);
  napi_delete_async_work(env, task->work_);
  try {
    if (status == napi_ok && task->code_.empty()) {
      check(napi_resolve_deferred(env, task->deferred_, task->result(env)));
    } else {
      const std::string code = task->code_.empty() ? "CANCELLED" : task->code_;
      check(napi_reject_deferred(env, task->deferred_, makeError(env, code, task->message_)));
    }
  } catch (const std::exception&) {
    // The environment is going; nobody waits for the promise any more.
  }
}

std::string Task::codeOf(const std::exception& error) {
  if (const auto* key = dynamic_cast<const KeyError*>(&error))
    return key->unreadable ? "KEY_UNREADABLE" : "KEY_CORRUPT";
  if (dynamic_cast<const WitnessError*>(&error)) return "WITNESS";
  if (dynamic_cast<const Cancelled*>(&error)) return "CANCELLED";
  if (dynamic_cast<const std::bad_alloc*>(&error)) return "MEMORY";
  return "NATIVE";
}

}  // namespace zkclear::node
