#include "node/book/write_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace daftar::book {
namespace {

TEST(WriteGateTest, WhoGoesAloneMeetsNobodyAndTheOthersMeet) {
  constexpr int kRounds = 1000;
  WriteGate gate;
  std::atomic<int> together = 0;
  std::atomic<int> alone = 0;
  int unguarded = 0;  // only the gate keeps writers apart
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kRounds; ++i) {
        const WriteGate::Together in(gate);
        ++together;
        std::this_thread::yield();  // lets the others run, were they let in
        EXPECT_EQ(alone, 0);
        --together;
      }
    });
  }
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kRounds; ++i) {
        const WriteGate::Alone in(gate);
        EXPECT_EQ(++alone, 1);
        std::this_thread::yield();
        EXPECT_EQ(together, 0);
        ++unguarded;
        --alone;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(unguarded, 2 * kRounds);
}

TEST(WriteGateTest, SeveralGoTogether) {
  WriteGate gate;
  const WriteGate::Together first(gate);
  std::thread([&gate] { const WriteGate::Together second(gate); }).join();
}

}  // namespace
}  // namespace daftar::book
