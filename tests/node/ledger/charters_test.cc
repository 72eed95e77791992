#include "node/ledger/charters.h"

#include <gtest/gtest.h>

#include "storage/audit.h"
#include "storage/files.h"
#include "tests/support/incidents.h"
#include "tests/support/sim_circle.h"
#include "tests/support/status_matchers.h"

namespace daftar::ledger {
namespace {

using ::daftar::testing::DepositUnsettled;
using ::daftar::testing::SimCircle;
using ::daftar::testing::SimNode;
using ::daftar::testing::StatusIs;
using ::testing::HasSubstr;

constexpr auto kPrecondition = absl::StatusCode::kFailedPrecondition;

class ChartersTest : public ::testing::Test {
 protected:
  std::string Changed(const std::string& what = "# changed") const {
    return circle_.charter().source + "\n" + what + "\n";
  }
  static evidence::CharterHash HashOf(const std::string& toml) {
    return evidence::Charter::Parse(toml)->hash;
  }
  absl::StatusOr<Adoption> Adopt(const std::string& toml) {
    return node_->charters().Adopt(node_.Caller(), toml, "agreed in May");
  }
  // The charters that the own log states, by index.
  std::map<uint64_t, evidence::CharterHash> Stated() {
    std::map<uint64_t, evidence::CharterHash> stated;
    for (uint64_t index = 1; index < node_->publisher().tree_size(); ++index) {
      auto row = node_->store().Get(storage::Column::kLogBodies, storage::LogIndexKey(1, index));
      auto body = evidence::CharterBody::Decode(**row);
      if (body.ok()) stated[index] = body->charter;
    }
    return stated;
  }
  std::string OnFile() {
    auto file = storage::ReadFile(node_.dir() / "charter.toml", evidence::kMaxCharterBytes);
    return file.ok() ? std::string(crypto::AsText(*file)) : "";
  }

  SimCircle circle_;
  SimNode& node_ = circle_.Add("toko-a.test");
};

TEST_F(ChartersTest, ANewNodeHasTheOneThatItWasMadeWith) {
  const auto list = node_->charters().List();
  ASSERT_EQ(list.size(), 1u);
  EXPECT_TRUE(list[0].in_force);
  EXPECT_EQ(list[0].entry, kFirstCharterIndex);
  EXPECT_EQ(list[0].at.value, circle_.clock().Now().value);
  EXPECT_EQ(node_->charters().InForce()->hash, circle_.charter().hash);
  EXPECT_EQ(Stated().at(kFirstCharterIndex), circle_.charter().hash);
}

TEST_F(ChartersTest, AnotherComesIntoForceWithItsEntryInTheLog) {
  const evidence::CharterHash old = circle_.charter().hash;
  const auto adopted = Adopt(Changed());
  DAFTAR_ASSERT_OK(adopted);
  EXPECT_FALSE(adopted->in_force);
  EXPECT_FALSE(adopted->entry.has_value());
  EXPECT_EQ(node_->charters().InForce()->hash, old);
  EXPECT_NE(node_->charters().Find(HashOf(Changed())), nullptr);
  EXPECT_EQ(*node_->Tick(), 1u);
  EXPECT_EQ(node_->charters().InForce()->hash, HashOf(Changed()));
  EXPECT_EQ(node_->charters().Find(old)->source, circle_.charter().source);
  EXPECT_EQ(node_->charters().Find(evidence::CharterHash()), nullptr);
  const auto list = node_->charters().List();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_TRUE(list[0].in_force);
  EXPECT_EQ(list[0].entry, 2u);
  EXPECT_FALSE(list[1].in_force);
  EXPECT_EQ(Stated().at(2), HashOf(Changed()));
}

TEST_F(ChartersTest, WhatIsInForceOutlivesARestartBeforeAndAfterTheTick) {
  DAFTAR_ASSERT_OK(Adopt(Changed()));
  node_.Stop();
  node_.Start();
  EXPECT_EQ(node_->charters().InForce()->hash, circle_.charter().hash);
  EXPECT_EQ(*node_->Tick(), 1u);
  node_.Stop();  // charter.toml is the old one still
  EXPECT_EQ(OnFile(), "");
  node_.Start();
  EXPECT_EQ(node_->charters().InForce()->hash, HashOf(Changed()));
  EXPECT_EQ(node_->charters().List().size(), 2u);
}

TEST_F(ChartersTest, TheFileFollowsWhatIsInForce) {
  DAFTAR_ASSERT_OK(Adopt(Changed()));
  node_->Upkeep();
  EXPECT_EQ(OnFile(), "");  // as it was made
  EXPECT_EQ(*node_->Tick(), 1u);
  node_->Upkeep();
  EXPECT_EQ(OnFile(), Changed());
  EXPECT_EQ(node_->trouble().charter, "");
  node_.Stop();
  node_.Start();
  EXPECT_EQ(node_->charters().InForce()->hash, HashOf(Changed()));
}

TEST_F(ChartersTest, AFileThatCannotBeWrittenIsToldUntilItCan) {
  DAFTAR_ASSERT_OK(Adopt(Changed()));
  EXPECT_EQ(*node_->Tick(), 1u);
  std::filesystem::create_directories(node_.dir() / "charter.toml" / "in the way");
  node_->Upkeep();
  EXPECT_NE(node_->trouble().charter, "");
  std::filesystem::remove_all(node_.dir() / "charter.toml");
  node_->Upkeep();
  EXPECT_EQ(node_->trouble().charter, "");
  EXPECT_EQ(OnFile(), Changed());
}

// A charter.toml that nobody adopted would ask for other proof than partners believe.
TEST_F(ChartersTest, AFileThatWasNotAdoptedStartsNoNode) {
  node_.Stop();
  const std::string strange = Changed("# strange");
  DAFTAR_ASSERT_OK(
      storage::AtomicWriteFile(node_.dir() / "charter.toml", crypto::AsBytes(strange)));
  const absl::Status refused = node_.TryStart();
  EXPECT_THAT(refused, StatusIs(kPrecondition, HasSubstr(HashOf(strange).hex())));
  EXPECT_THAT(refused, StatusIs(kPrecondition, HasSubstr(circle_.charter().hash.hex())));
  EXPECT_THAT(refused, StatusIs(kPrecondition, HasSubstr("daftar charter adopt FILE")));
  std::filesystem::remove(node_.dir() / "charter.toml");
  node_.Start();
}

// As one that an earlier version made: no row says which charter it was.
TEST_F(ChartersTest, ANodeWithoutRowsTakesTheCharterThatItsLogStates) {
  const auto forget = [this] {
    storage::Batch batch;
    batch.Delete(storage::Column::kMeta,
                 crypto::Writer().Raw(crypto::AsBytes("charter/")).U32(0).Take());
    DAFTAR_ASSERT_OK(node_->store().Write(std::move(batch)));
    node_.Stop();
  };
  forget();
  node_.Start();
  ASSERT_EQ(node_->charters().List().size(), 1u);
  forget();
  DAFTAR_ASSERT_OK(
      storage::AtomicWriteFile(node_.dir() / "charter.toml", crypto::AsBytes(Changed())));
  EXPECT_THAT(node_.TryStart(),
              StatusIs(kPrecondition, HasSubstr("the log says " + circle_.charter().hash.hex())));
}

TEST_F(ChartersTest, WhatCannotBeAdoptedIsRefusedAndChangesNothing) {
  std::string foreign = circle_.charter().source;
  foreign.replace(foreign.find(circle_.charter().circle.hex()), 32,
                  "00112233445566778899aabbccddeeff");
  EXPECT_THAT(Adopt(foreign), StatusIs(kPrecondition, HasSubstr("a node stays in its circle")));
  EXPECT_THAT(Adopt(circle_.charter().source),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("in force already")));
  EXPECT_THAT(Adopt("version = 1\n"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'circle' is missing")));
  EXPECT_THAT(node_->charters().Adopt(node_.Caller(), Changed(), ""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--because")));
  EXPECT_THAT(node_->charters().Adopt({"uid:0", ""}, Changed(), "x"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(*node_->ledger().QueueLength(), 0u);
  EXPECT_EQ(node_->charters().List().size(), 1u);
  DAFTAR_ASSERT_OK(Adopt(Changed()));
  EXPECT_THAT(Adopt(Changed("# more")),
              StatusIs(kPrecondition, HasSubstr("waits for the next tick")));
  EXPECT_EQ(*node_->ledger().QueueLength(), 1u);
}

TEST_F(ChartersTest, ARepeatedRequestAdoptsOnce) {
  const storage::Caller caller = node_.Caller();
  DAFTAR_ASSERT_OK(node_->charters().Adopt(caller, Changed(), "agreed"));
  EXPECT_EQ(*node_->Tick(), 1u);
  const auto again = node_->charters().Adopt(caller, Changed(), "agreed");
  DAFTAR_ASSERT_OK(again);
  EXPECT_TRUE(again->in_force);
  EXPECT_EQ(node_->charters().List().size(), 2u);
  EXPECT_EQ(*node_->Tick(), 0u);
}

TEST_F(ChartersTest, ACharterThatWasLeftMayComeBack) {
  DAFTAR_ASSERT_OK(Adopt(Changed()));
  EXPECT_EQ(*node_->Tick(), 1u);
  DAFTAR_ASSERT_OK(Adopt(circle_.charter().source));
  EXPECT_EQ(*node_->Tick(), 1u);
  EXPECT_EQ(node_->charters().InForce()->hash, circle_.charter().hash);
  const auto list = node_->charters().List();
  ASSERT_EQ(list.size(), 3u);
  EXPECT_TRUE(list[0].in_force);
  EXPECT_FALSE(list[2].in_force);
  EXPECT_EQ(Stated().size(), 3u);
}

TEST_F(ChartersTest, NoMoreAreKeptThanTheBoundSays) {
  const std::string other = Changed();
  for (size_t i = 1; i < kMaxAdoptions; ++i) {
    DAFTAR_ASSERT_OK(Adopt(i % 2 == 1 ? other : circle_.charter().source));
    ASSERT_EQ(*node_->Tick(), 1u);
  }
  EXPECT_THAT(Adopt(Changed("# one more")),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("100 charters")));
}

TEST_F(ChartersTest, WhoAdoptedItAndWhyIsOnTheRecord) {
  DAFTAR_ASSERT_OK(Adopt(Changed()));
  const auto page = storage::ReadAudit(node_->store(), node_->vault(), {.limit = 1});
  DAFTAR_ASSERT_OK(page);
  ASSERT_EQ(page->rows.size(), 1u);
  EXPECT_EQ(page->rows[0].action, "charter.adopt");
  EXPECT_EQ(page->rows[0].object, HashOf(Changed()).hex());
  EXPECT_EQ(page->rows[0].because, "agreed in May");
  EXPECT_EQ(page->rows[0].actor, "uid:0");
}

// Filing asks for what the charter in force asks for, from the tick on that puts it into force;
// what is queued or held by then goes out as it was.
TEST_F(ChartersTest, FilingFollowsTheCharterInForce) {
  const auto first = node_->ledger().Add(node_.Caller(), DepositUnsettled("0812-3456-7890"));
  DAFTAR_ASSERT_OK(first);
  std::string strict = circle_.charter().source;
  const std::string section = "[reasons.deposit-unsettled]\n";
  strict.insert(strict.find(section) + section.size(), "second_person = true\n");
  DAFTAR_ASSERT_OK(Adopt(strict));
  DAFTAR_ASSERT_OK(node_->ledger().Publish(node_.Caller(), first->incident.id));
  EXPECT_EQ(*node_->Tick(), 2u);
  // The REPORT stands before the CHARTER entry, and so under the charter that it was filed under.
  EXPECT_EQ(node_->ledger().Get(first->incident.id)->report->index, 2u);
  EXPECT_EQ(Stated().at(3), HashOf(strict));
  const auto second = node_->ledger().Add(node_.Caller(), DepositUnsettled("0812-3456-7891"));
  DAFTAR_ASSERT_OK(second);
  EXPECT_THAT(node_->ledger().Publish(node_.Caller(), second->incident.id),
              StatusIs(kPrecondition, HasSubstr("who neither filed nor changed it")));
}

TEST_F(ChartersTest, QuotasFollowTheCharterInForce) {
  EXPECT_EQ(node_->quota().Today("b.test", 1).limit, 10'000u);
  std::string tight = circle_.charter().source;
  const std::string key = "evaluations_per_partner_per_day = 10000";
  tight.replace(tight.find(key), key.size(), "evaluations_per_partner_per_day = 77");
  DAFTAR_ASSERT_OK(Adopt(tight));
  EXPECT_EQ(node_->quota().Today("b.test", 1).limit, 10'000u);
  EXPECT_EQ(*node_->Tick(), 1u);
  EXPECT_EQ(node_->quota().Today("b.test", 1).limit, 77u);
}

}  // namespace
}  // namespace daftar::ledger
