;; The uncontended path: take a permit and note in this thread's ledger that it holds it, in one function.
;;
;; V8 looks for termination at function entry and on loop back-edges. Between the compare-exchange that takes the
;; permit and the store that notes it there is neither, so `worker.terminate()` falls before both or after both.
;; The same functions in C++ are in packages/eventfd/native/core/fastpath.h; the words are described in words.h there.
;;
;;   state (cell + 0):  free permits << 2 | queue first (2) | has waiters (1)
;;   flags (cell + 4):  closed (1), abandoned (4)
;;   max (cell + 16):   what post may reach
;;   slot:              address of this thread's held counter for this cell; 0 while it has none
(module
  (import "arena" "memory" (memory 1 65536 shared))

  ;; 1: taken. 2: taken, and the last owner died. 0: not now. -1: closed. -2: this thread has no ledger slot yet.
  (func (export "tryAcquire") (param $cell i32) (param $slot i32) (param $n i32) (result i32)
    (local $state i32)
    (local $seen i32)
    (if (i32.eqz (local.get $slot)) (then (return (i32.const -2))))
    (local.set $state (i32.atomic.load (local.get $cell)))
    (loop $retry
      (if (i32.and (local.get $state) (i32.const 2))
        (then (return (i32.sub (i32.const 0) (i32.and (i32.load offset=4 (local.get $cell)) (i32.const 1))))))
      (if (i32.lt_s (i32.shr_s (local.get $state) (i32.const 2)) (local.get $n))
        (then (return (i32.const 0))))
      (local.set $seen
        (i32.atomic.rmw.cmpxchg
          (local.get $cell)
          (local.get $state)
          (i32.sub (local.get $state) (i32.shl (local.get $n) (i32.const 2)))))
      (if (i32.ne (local.get $seen) (local.get $state))
        (then
          (local.set $state (local.get $seen))
          (br $retry))))
    (i32.store (local.get $slot) (i32.add (i32.load (local.get $slot)) (local.get $n)))
    (i32.add (i32.const 1) (i32.and (i32.shr_u (i32.load offset=4 (local.get $cell)) (i32.const 2)) (i32.const 1))))

  ;; 0: given back. 1: given back, and waiters must be served. -1: this thread does not hold that many; nothing changed.
  (func (export "release") (param $cell i32) (param $slot i32) (param $n i32) (result i32)
    (local $held i32)
    (local.set $held (i32.load (local.get $slot)))
    (if (i32.lt_u (local.get $held) (local.get $n)) (then (return (i32.const -1))))
    (i32.store (local.get $slot) (i32.sub (local.get $held) (local.get $n)))
    (i32.and
      (i32.atomic.rmw.add (local.get $cell) (i32.shl (local.get $n) (i32.const 2)))
      (i32.const 1)))

  ;; Like tryAcquire where nobody keeps book: 1, 0 or -1. With n = 0 it asks whether the gate is open, and takes nothing.
  (func (export "tryTake") (param $cell i32) (param $n i32) (result i32)
    (local $state i32)
    (local $seen i32)
    (local.set $state (i32.atomic.load (local.get $cell)))
    (loop $retry
      (if (i32.and (local.get $state) (i32.const 2))
        (then (return (i32.sub (i32.const 0) (i32.and (i32.load offset=4 (local.get $cell)) (i32.const 1))))))
      (if (i32.lt_s
            (i32.shr_s (local.get $state) (i32.const 2))
            (select (local.get $n) (i32.const 1) (local.get $n)))
        (then (return (i32.const 0))))
      (if (i32.eqz (local.get $n)) (then (return (i32.const 1))))
      (local.set $seen
        (i32.atomic.rmw.cmpxchg
          (local.get $cell)
          (local.get $state)
          (i32.sub (local.get $state) (i32.shl (local.get $n) (i32.const 2)))))
      (if (i32.ne (local.get $seen) (local.get $state))
        (then
          (local.set $state (local.get $seen))
          (br $retry))))
    (i32.const 1))

  ;; Adds permits that nobody held, up to the cell's maximum; more is refused as a whole or, with $saturate, cut.
  ;; 0: added. 1: added, and waiters must be served. -1: too many, nothing changed.
  (func (export "post") (param $cell i32) (param $n i32) (param $saturate i32) (result i32)
    (local $state i32)
    (local $seen i32)
    (local $room i32)
    (local.set $state (i32.atomic.load (local.get $cell)))
    (loop $retry
      (local.set $room
        (i32.sub (i32.load offset=16 (local.get $cell)) (i32.shr_s (local.get $state) (i32.const 2))))
      (if (i32.gt_s (local.get $n) (local.get $room))
        (then
          (if (i32.eqz (local.get $saturate)) (then (return (i32.const -1))))
          (local.set $n (select (local.get $room) (i32.const 0) (i32.gt_s (local.get $room) (i32.const 0))))))
      (local.set $seen
        (i32.atomic.rmw.cmpxchg
          (local.get $cell)
          (local.get $state)
          (i32.add (local.get $state) (i32.shl (local.get $n) (i32.const 2)))))
      (if (i32.ne (local.get $seen) (local.get $state))
        (then
          (local.set $state (local.get $seen))
          (br $retry))))
    (i32.and (local.get $state) (i32.const 1))))
