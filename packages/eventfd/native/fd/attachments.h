#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include "fd/registry.h"
#include "fd/room_epoll.h"
#include "loop/poll_handle.h"

namespace efd {

// What a thread waits for at a descriptor: something to read, or room for what it wants to write.
enum Side : uint32_t { kReadable = 0, kRoom = 1 };

// Called on the thread's loop. It may detach the descriptor it is called for.
using OnReady = std::function<void(int64_t id, Side side)>;

// The descriptors one thread has attached, and their watches on its loop. Belongs to that thread alone.
//
// Readable is watched on the descriptor itself. Room is watched through a RoomEpoll, which is made when a counter is
// first found full, and stays as long as the attachment.
class Attachments {
 public:
  explicit Attachments(uv_loop_t* loop) : loop_(loop) {}
  Attachments(const Attachments&) = delete;
  Attachments& operator=(const Attachments&) = delete;

  // Shares a new descriptor, which this takes over. Its id, or -EEXIST if it is shared already.
  int64_t Add(const Descriptor& descriptor, OnReady on_ready);

  // 0; -ENOENT: no such id; -EEXIST: this thread has it already. A loop takes one watch per descriptor.
  int Attach(int64_t id, OnReady on_ready);

  void Detach(int64_t id);

  // Null if this thread has not attached it.
  const Descriptor* Find(int64_t id) const;

  // Whether to call on_ready when the side is ready, and whether that keeps the loop alive. 0 or a negative errno.
  int Watch(int64_t id, Side side, bool armed, bool referenced);

  // As RoomEpoll::Wait. Whoever called must then try all writers of the thread: they share the edge.
  int WaitForRoom(int64_t id, int loop_fd, int ms, bool* loop_has_work);

  // Detaches all; calls `done` when libuv has let go of the last handle, be it at once.
  void Shutdown(std::function<void()> done);

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
    std::shared_ptr<OnReady> on_ready;
    RoomEpoll room;
    SideWatch sides[2];
  };

  void Keep(int64_t id, const Descriptor& descriptor, OnReady on_ready);
  void Close(Attachment* attachment);
  static void OnEvents(void* data, int status, int events);
  static void OnHandleClosed(void* data);

  uv_loop_t* loop_;
  std::unordered_map<int64_t, std::unique_ptr<Attachment>> attachments_;
  int open_handles_ = 0;  // those under way to be closed included
  std::function<void()> done_;
};

}  // namespace efd
