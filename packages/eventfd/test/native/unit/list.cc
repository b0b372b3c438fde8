#include "core/list.h"

#include "lib/check.h"

namespace unit_list {

struct InFirst : efd::ListNode {};
struct InSecond : efd::ListNode {};
struct Item : InFirst, InSecond {
  explicit Item(int value) : value(value) {}
  int value;
};
using First = efd::List<Item, InFirst>;
using Second = efd::List<Item, InSecond>;

TEST("list: empty has no front") {
  First list;
  CHECK(list.empty());
  CHECK(list.front() == nullptr);
}

TEST("list: keeps the order of arrival, whoever leaves") {
  Item a(1), b(2), c(3);
  First list;
  list.PushBack(&a);
  list.PushBack(&b);
  list.PushBack(&c);
  CHECK_EQ(list.front()->value, 1);
  CHECK(list.after(&a) == &b);
  static_cast<InFirst&>(b).Unlink();
  CHECK(list.after(&a) == &c);
  CHECK(list.after(&c) == nullptr);
  static_cast<InFirst&>(a).Unlink();
  CHECK_EQ(list.front()->value, 3);
  static_cast<InFirst&>(c).Unlink();
  CHECK(list.empty());
}

TEST("list: a node that left is unlinked, may leave again, and may come back") {
  Item a(1), b(2);
  First list;
  list.PushBack(&a);
  list.PushBack(&b);
  CHECK(static_cast<InFirst&>(a).linked());
  static_cast<InFirst&>(a).Unlink();
  CHECK(!static_cast<InFirst&>(a).linked());
  static_cast<InFirst&>(a).Unlink();
  list.PushBack(&a);
  CHECK(list.front() == &b);
  CHECK(list.after(&b) == &a);
}

TEST("list: an item stands in two lists at once") {
  Item a(1), b(2);
  First first;
  Second second;
  first.PushBack(&a);
  first.PushBack(&b);
  second.PushBack(&b);
  second.PushBack(&a);
  static_cast<InFirst&>(a).Unlink();
  CHECK(first.front() == &b);
  CHECK(second.front() == &b);
  CHECK(second.after(&b) == &a);
}

}  // namespace unit_list
