#include "node/partners/trouble_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace daftar::partners {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Partner Active() {
  Partner partner;
  partner.origin = "toko-a.test";
  return partner;
}

Partner WithNewLog(SuccessionStage stage = SuccessionStage::kWaits) {
  Partner partner = Active();
  partner.succession.emplace();
  partner.succession->origin = "toko-a2.test";
  partner.succession->size = 3;
  partner.succession->stage = stage;
  return partner;
}

MirrorView Forked() {
  MirrorView view;
  view.forked = true;
  return view;
}

TEST(TroubleWordsTest, AllIsWellWithoutWords) { EXPECT_EQ(TroubleWords(Active(), {}), ""); }

TEST(TroubleWordsTest, AForkIsToldWithWhatElseIsWrong) {
  MirrorView view = Forked();
  view.trouble = "its clock is ahead";
  EXPECT_THAT(TroubleWords(Active(), view),
              AllOf(HasSubstr("its reports do not count. Talk to the partner's operator"),
                    HasSubstr("; its clock is ahead")));
}

TEST(TroubleWordsTest, OfALostLogCountsWhatWasLookedUpBefore) {
  EXPECT_THAT(TroubleWords(WithNewLog(), {}),
              AllOf(HasSubstr("it has lost its log and began another in its place, toko-a2.test"),
                    HasSubstr("only those count that this node had looked up before"),
                    HasSubstr("daftar partner accept toko-a.test"), Not(HasSubstr("contradict"))));
}

TEST(TroubleWordsTest, OfAForkedLogNothingCountsThoughANewOneWaits) {
  for (const auto stage : {SuccessionStage::kWaits, SuccessionStage::kContested}) {
    EXPECT_THAT(
        TroubleWords(WithNewLog(stage), Forked()),
        AllOf(HasSubstr("contradict each other"),
              HasSubstr("Its node began another in its place, toko-a2.test"),
              HasSubstr("nothing of either counts"), HasSubstr("daftar partner accept toko-a.test"),
              Not(HasSubstr("looked up before")), Not(HasSubstr("has lost its log"))));
  }
}

TEST(TroubleWordsTest, OfARemovedPartnerNothingIsToDo) {
  Partner partner = Active();
  partner.status = PartnerStatus::kRemoved;
  MirrorView view = Forked();
  view.trouble = "bodies are missing. Talk to the partner's operator";
  EXPECT_THAT(TroubleWords(partner, view),
              AllOf(HasSubstr("contradict each other"), Not(HasSubstr("Talk to"))));
  view.forked = false;
  EXPECT_EQ(TroubleWords(partner, view), "");
}

TEST(TroubleWordsTest, OfALogThatWasReplacedItSaysByWhich) {
  Partner partner = WithNewLog(SuccessionStage::kCleared);
  partner.status = PartnerStatus::kRemoved;
  EXPECT_THAT(TroubleWords(partner, Forked()),
              AllOf(HasSubstr("toko-a2.test, which was accepted here"), Not(HasSubstr("Talk to"))));
}

}  // namespace
}  // namespace daftar::partners
