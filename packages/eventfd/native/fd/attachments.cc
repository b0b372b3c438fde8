#include "fd/attachments.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "os/epoll_of.h"

namespace efd {

Attachments::~Attachments() {
  while (!attachments_.empty()) Detach(attachments_.begin()->first);
}

int64_t Attachments::Add(const Descriptor& descriptor) {
  int64_t id = Registry::Instance().Add(descriptor);
  if (id == 0) return -EEXIST;
  Keep(id, descriptor);
  return id;
}

int Attachments::Attach(int64_t id) {
  if (attachments_.count(id) != 0) return -EEXIST;
  auto descriptor = Registry::Instance().Attach(id);
  if (!descriptor) return -ENOENT;
  Keep(id, *descriptor);
  return 0;
}

void Attachments::Keep(int64_t id, const Descriptor& descriptor) {
  auto attachment = std::make_unique<Attachment>();
  attachment->id = id;
  attachment->descriptor = descriptor;
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
    SetArmed(&watch, false);
    if (watch.handle != nullptr) watch.handle->Close();
  }
  if (attachment->read_epoll != -1) close(attachment->read_epoll);
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

  if (armed && !watch.armed) {
    if (const int error = Arm(&watch)) return error;
  } else if (!armed) {
    watch.handle->Stop();
  }
  SetArmed(&watch, armed);
  if (referenced) {
    watch.handle->Ref();
  } else {
    watch.handle->Unref();
  }
  return 0;
}

int Attachments::Arm(SideWatch* watch) {
  Attachment* attachment = watch->attachment;
  if (watch->side == kRoom) {
    const int epoll = attachment->room.Of(attachment->descriptor.fd);
    return epoll < 0 ? epoll : WatchFd(watch, epoll);
  }
  if (attachment->read_epoll == -1) {
    const int error = WatchFd(watch, attachment->descriptor.fd);
    if (error != -EEXIST) return error;
    // From here on through an epoll, though whoever watches the descriptor itself may stop.
    if (watch->handle != nullptr) std::exchange(watch->handle, nullptr)->Close();
    const int epoll = EpollOf(attachment->descriptor.fd, EPOLLIN);
    if (epoll < 0) return epoll;
    attachment->read_epoll = epoll;
  }
  return WatchFd(watch, attachment->read_epoll);
}

// 0, or a negative errno: -EEXIST when somebody else watches it.
int Attachments::WatchFd(SideWatch* watch, int fd) {
  if (watch->handle == nullptr) {
    int error = 0;
    watch->handle = PollHandle::Create(loop_, fd, OnEvents, watch, &error);
    if (watch->handle == nullptr) return error;
  }
  return watch->handle->Start(UV_READABLE);  // an epoll is readable when it has an event
}

void Attachments::SetArmed(SideWatch* watch, bool armed) {
  watch->owner->armed_ += armed - watch->armed;
  watch->armed = armed;
}

void Attachments::OnEvents(void* data, int status, int events) {
  auto* watch = static_cast<SideWatch*>(data);
  if (status < 0) SetArmed(watch, false);  // libuv has stopped the watch; whoever still waits arms it again
  if (watch->side == kRoom) watch->attachment->room.TakeEdge();
  // The callback may detach, which ends `watch` and its attachment.
  watch->owner->on_ready_(int64_t{watch->attachment->id}, Side{watch->side});
}

int Attachments::WaitForRoom(int64_t id, int loop_fd, int ms, bool* loop_has_work) {
  auto found = attachments_.find(id);
  if (found == attachments_.end()) return -ENOENT;
  Attachment& attachment = *found->second;
  return attachment.room.Wait(attachment.descriptor.fd, loop_fd, ms, loop_has_work);
}

}  // namespace efd
