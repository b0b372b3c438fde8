#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <utility>

#include "fd/registry.h"
#include "fd/room_epoll.h"
#include "loop/poll_handle.h"

namespace efd {

// What a thread waits for at a descriptor: something to read, or room for what it wants to write.
enum Side : uint32_t { kReadable = 0, kRoom = 1 };

// Called on the thread's loop. It may detach the descriptor it is called for.
using OnReady = std::function<void(int64_t id, Side side)>;

// The descriptors that one copy of the JavaScript has attached in its thread, and their watches on the loop. Belongs to
// that thread alone.
//
// Readable is watched on the descriptor itself, unless somebody else watches it on this loop, another copy for
// instance: libuv takes one watch for a descriptor, and the next goes through an epoll of its own. Room is watched
// through a RoomEpoll, which is made when a counter is first found full, and stays as long as the attachment.
class Attachments {
 public:
  Attachments(uv_loop_t* loop, OnReady on_ready) : loop_(loop), on_ready_(std::move(on_ready)) {}
  ~Attachments();  // detaches all
  Attachments(const Attachments&) = delete;
  Attachments& operator=(const Attachments&) = delete;

  // Shares a new descriptor, which this takes over. Its id, or -EEXIST if it is shared already.
  int64_t Add(const Descriptor& descriptor);

  // 0; -ENOENT: no such id; -EEXIST: this copy has it already.
  int Attach(int64_t id);

  void Detach(int64_t id);

  // Null if this thread has not attached it.
  const Descriptor* Find(int64_t id) const;

  // Whether to call on_ready when the side is ready, and whether that keeps the loop alive. 0 or a negative errno.
  int Watch(int64_t id, Side side, bool armed, bool referenced);

  // As RoomEpoll::Wait. Whoever called must then try all writers of the copy: they share the edge.
  int WaitForRoom(int64_t id, int loop_fd, int ms, bool* loop_has_work);

  // Whether a side of any is watched for.
  bool armed() const { return armed_ > 0; }

 private:
  struct Attachment;

  struct SideWatch {
    Attachments* owner = nullptr;
    Attachment* attachment = nullptr;
    Side side = kReadable;
    PollHandle* handle = nullptr;
    bool armed = false;
  };

  struct Attachment {
    int64_t id;
    Descriptor descriptor;
    int read_epoll = -1;
    RoomEpoll room;
    SideWatch sides[2];
  };

  void Keep(int64_t id, const Descriptor& descriptor);
  int Arm(SideWatch* watch);
  int WatchFd(SideWatch* watch, int fd);
  void Close(Attachment* attachment);
  static void SetArmed(SideWatch* watch, bool armed);
  static void OnEvents(void* data, int status, int events);

  uv_loop_t* loop_;
  const OnReady on_ready_;
  std::unordered_map<int64_t, std::unique_ptr<Attachment>> attachments_;
  int armed_ = 0;  // sides
};

}  // namespace efd
