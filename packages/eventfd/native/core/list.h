#pragma once

namespace efd {

// An intrusive, circular, doubly linked list. A node stands in one list at a time and leaves it in constant time,
// without knowing which.
struct ListNode {
  ListNode* prev = this;
  ListNode* next = this;

  ListNode() = default;
  ListNode(const ListNode&) = delete;
  ListNode& operator=(const ListNode&) = delete;

  bool linked() const { return next != this; }

  void Unlink() {
    prev->next = next;
    next->prev = prev;
    prev = next = this;
  }
};

// A list of T, linked by the ListNode that is T's base class `Link`; two bases let T stand in two lists.
template <class T, class Link>
class List {
 public:
  bool empty() const { return !head_.linked(); }
  T* front() const { return empty() ? nullptr : Of(head_.next); }
  T* after(T* item) const {
    ListNode* next = static_cast<Link*>(item)->next;
    return next == &head_ ? nullptr : Of(next);
  }

  void PushBack(T* item) {
    ListNode* node = static_cast<Link*>(item);
    node->prev = head_.prev;
    node->next = &head_;
    head_.prev->next = node;
    head_.prev = node;
  }

 private:
  static T* Of(ListNode* node) { return static_cast<T*>(static_cast<Link*>(node)); }

  ListNode head_;
};

}  // namespace efd
