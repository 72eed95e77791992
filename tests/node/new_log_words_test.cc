#include "node/new_log_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace daftar {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

NewLogDone Done() {
  NewLogDone done;
  done.old.origin = "toko-a.test";
  done.origin = "toko-a2.test";
  done.first_entry = "5f0c";
  done.partners = 2;
  return done;
}

TEST(NewLogWordsTest, PartnersThatTheNodeKnowsAcceptWhatWasReadOut) {
  EXPECT_THAT(NewLogWords(Done()),
              AllOf(HasSubstr("toko-a2.test takes the place of toko-a.test"),
                    HasSubstr("daftar partner accept toko-a.test --first-entry 5f0c --because"),
                    Not(HasSubstr("partner remove"))));
}

TEST(NewLogWordsTest, WhereItKnowsNoneTheyRemoveTheOldLogAndPairAnew) {
  NewLogDone done = Done();
  done.partners = 0;
  EXPECT_THAT(NewLogWords(done),
              AllOf(HasSubstr("daftar partner remove toko-a.test"), HasSubstr("partner invite"),
                    HasSubstr("daftar partner join CODE"), Not(HasSubstr("partner accept"))));
}

TEST(NewLogWordsTest, WhatIsGoneAndWhoStillHasItIsSaid) {
  EXPECT_THAT(NewLogWords(Done()),
              AllOf(HasSubstr("The entries, heads and keys of the old log are deleted here"),
                    HasSubstr("bundles of it that were exported before"),
                    HasSubstr("nothing where it knows of two histories")));
}

TEST(NewLogWordsTest, OnlyWhatThereIsIsCounted) {
  NewLogDone done = Done();
  done.anew.queued = 1;
  done.left.disputed = 3;
  EXPECT_THAT(NewLogWords(done), AllOf(HasSubstr("queued anew  1 report\n"),
                                       HasSubstr("  3 disputed:"), Not(HasSubstr("  0 "))));
}

}  // namespace
}  // namespace daftar
