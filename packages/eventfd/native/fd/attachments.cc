#include "fd/attachments.h"

#include <cerrno>
#include <utility>

namespace efd {

int64_t Attachments::Add(const Descriptor& descriptor, OnReady on_ready) {
  int64_t id = Registry::Instance().Add(descriptor);
  if (id == 0) return -EEXIST;
  Keep(id, descriptor, std::move(on_ready));
  return id;
}

int Attachments::Attach(int64_t id, OnReady on_ready) {
  if (attachments_.count(id) != 0) return -EEXIST;
  auto descriptor = Registry::Instance().Attach(id);
  if (!descriptor) return -ENOENT;
  Keep(id, *descriptor, std::move(on_ready));
  return 0;
}

void Attachments::Keep(int64_t id, const Descriptor& descriptor, OnReady on_ready) {
  auto attachment = std::make_unique<Attachment>();
  attachment->id = id;
  attachment->descriptor = descriptor;
  attachment->on_ready = std::make_shared<OnReady>(std::move(on_ready));
  for (Side side : {kReadable, kRoom}) {
    attachment->sides[side].owner = this;
    attachment->sides[side].attachment = attachment.get();
    attachment->sides[side].side = side;
  }
  attachments_.emplace(id, std::move(attachment));
}

void Attachments::Detach(int64_t id) {
  auto found = attachments_.find(id);
  if (found == attachments_.end()) return;
  Close(found->second.get());
  attachments_.erase(found);
  Registry::Instance().Detach(id);  // last: the loop must not watch a closed descriptor, whose number may be reused
}

void Attachments::Close(Attachment* attachment) {
  for (SideWatch& watch : attachment->sides) {
    if (watch.handle != nullptr) watch.handle->Close(OnHandleClosed, this);
  }
  attachment->room.Close();
}

const Descriptor* Attachments::Find(int64_t id) const {
  auto found = attachments_.find(id);
  return found == attachments_.end() ? nullptr : &found->second->descriptor;
}

int Attachments::Watch(int64_t id, Side side, bool armed, bool referenced) {
  auto found = attachments_.find(id);
  if (found == attachments_.end()) return -ENOENT;
  Attachment& attachment = *found->second;
  SideWatch& watch = attachment.sides[side];
  if (!armed && !watch.armed) return 0;

  if (watch.handle == nullptr) {
    int fd = side == kRoom ? attachment.room.Of(attachment.descriptor.fd) : attachment.descriptor.fd;
    if (fd < 0) return fd;
    int error = 0;
    watch.handle = PollHandle::Create(loop_, fd, OnEvents, &watch, &error);
    if (watch.handle == nullptr) return error;
    open_handles_++;
  }
  if (armed && !watch.armed) {
    int error = watch.handle->Start(UV_READABLE);  // an epoll is readable when it has an event
    if (error != 0) return error;
  } else if (!armed) {
    watch.handle->Stop();
  }
  watch.armed = armed;
  if (referenced) {
    watch.handle->Ref();
  } else {
    watch.handle->Unref();
  }
  return 0;
}

void Attachments::OnEvents(void* data, int status, int events) {
  auto* watch = static_cast<SideWatch*>(data);
  if (status < 0) watch->armed = false;  // libuv has stopped the watch; whoever still waits arms it again
  if (watch->side == kRoom) watch->attachment->room.TakeEdge();
  // The callback may detach, which ends `watch` and its attachment; hence the copies.
  std::shared_ptr<OnReady> on_ready = watch->attachment->on_ready;
  int64_t id = watch->attachment->id;
  Side side = watch->side;
  (*on_ready)(id, side);
}

int Attachments::WaitForRoom(int64_t id, int loop_fd, int ms, bool* loop_has_work) {
  auto found = attachments_.find(id);
  if (found == attachments_.end()) return -ENOENT;
  Attachment& attachment = *found->second;
  return attachment.room.Wait(attachment.descriptor.fd, loop_fd, ms, loop_has_work);
}

void Attachments::Shutdown(std::function<void()> done) {
  while (!attachments_.empty()) Detach(attachments_.begin()->first);
  if (open_handles_ == 0) {
    done();
  } else {
    done_ = std::move(done);
  }
}

void Attachments::OnHandleClosed(void* data) {
  auto* self = static_cast<Attachments*>(data);
  self->open_handles_--;
  if (self->open_handles_ != 0 || !self->done_) return;
  std::function<void()> done = std::move(self->done_);  // it ends *self
  done();
}

}  // namespace efd
