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
  T* back() const { return empty() ? nullptr : Of(head_.prev); }
  T* after(T* item) const { return At(static_cast<Link*>(item)->next); }
  T* before(T* item) const { return At(static_cast<Link*>(item)->prev); }

  void PushBack(T* item) { Insert(static_cast<Link*>(item), head_.prev, &head_); }
  void PushFront(T* item) { Insert(static_cast<Link*>(item), &head_, head_.next); }

 private:
  static void Insert(ListNode* node, ListNode* prev, ListNode* next) {
    node->prev = prev;
    node->next = next;
    prev->next = next->prev = node;
  }

  T* At(ListNode* node) const { return node == &head_ ? nullptr : Of(node); }
  static T* Of(ListNode* node) { return static_cast<T*>(static_cast<Link*>(node)); }

  ListNode head_;
};

}  // namespace efd
