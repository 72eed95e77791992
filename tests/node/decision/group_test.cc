#include "node/decision/group.h"

#include <gtest/gtest.h>

#include "tests/node/decision/inputs.h"
#include "tests/support/status_matchers.h"

namespace daftar::decision {
namespace {

using daftar::testing::StatusIs;
using ::testing::HasSubstr;

Group Named(const std::string& name, uint32_t precedence) {
  Group group;
  group.terms.name = name;
  group.terms.precedence = precedence;
  return group;
}

TrackRecord RecordOf(uint32_t on_time, uint32_t late, int64_t first_days_ago = 200) {
  TrackRecord record = InputsBuilder().Orders(on_time, late).Build().own;
  record.first_order = DaysAgo(first_days_ago);
  return record;
}

TEST(GroupTest, ShippedGroupsAreValidAndDoWhatTheirNamesSay) {
  std::set<std::string> names;
  uint32_t before = 0;
  for (const Group& group : ShippedGroups()) {
    DAFTAR_EXPECT_OK(group.Check());
    EXPECT_GT(group.terms.precedence, before);
    before = group.terms.precedence;
    names.insert(group.terms.name);
    if (group.terms.name == "problem") {
      EXPECT_EQ(group.terms.least, Effect::kPrepay);
    }
    if (group.terms.name == "staff") {
      EXPECT_EQ(group.terms.most, Effect::kAccept);
    }
    if (group.terms.name == "vip") {
      EXPECT_EQ(group.terms.most, Effect::kDeposit);
    }
  }
  EXPECT_EQ(names, (std::set<std::string>{"problem", "regular", "staff", "vip", "watch-closely"}));
}

TEST(GroupTest, OfSeveralTheSmallestPrecedenceApplies) {
  std::vector<Group> groups = {Named("b", 20), Named("a", 20), Named("c", 10)};
  const auto chosen = [&](std::set<std::string> members) {
    const Group* group = ChooseGroup(groups, members, {}, DaysAgo(0));
    return group == nullptr ? "" : group->terms.name;
  };
  EXPECT_EQ(chosen({}), "");
  EXPECT_EQ(chosen({"nobody"}), "");
  EXPECT_EQ(chosen({"a", "b"}), "a");
  EXPECT_EQ(chosen({"a", "b", "c"}), "c");
}

TEST(GroupTest, ARuleTakesCustomersInByTheirRecord) {
  const auto group_of = [](const TrackRecord& record) {
    const Group* group = ChooseGroup(ShippedGroups(), {}, record, DaysAgo(0));
    return group == nullptr ? "" : group->terms.name;
  };
  EXPECT_EQ(group_of(RecordOf(5, 0)), "regular");
  EXPECT_EQ(group_of(RecordOf(4, 0)), "");
  EXPECT_EQ(group_of(RecordOf(9, 1)), "regular");
  EXPECT_EQ(group_of(RecordOf(8, 1)), "");      // 88.9 % on time
  EXPECT_EQ(group_of(RecordOf(9, 0, 89)), "");  // known for 89 days
  EXPECT_EQ(group_of(RecordOf(9, 0, 90)), "regular");
  // Put there by hand beats the rule by its precedence.
  EXPECT_EQ(ChooseGroup(ShippedGroups(), {"problem"}, RecordOf(9, 0), DaysAgo(0))->terms.name,
            "problem");
}

TEST(GroupRuleTest, EverythingThatIsSetMustHold) {
  const TrackRecord record = [] {
    TrackRecord made =
        InputsBuilder().Orders(8, 2).Overdue(1, 20).Amounts(1'000'000, 10).Build().own;
    made.first_order = DaysAgo(100);
    made.worst_days_late = 15;
    return made;
  }();
  const auto holds = [&](auto set) {
    GroupRule rule;
    set(rule);
    return rule.Holds(record, DaysAgo(0));
  };
  EXPECT_FALSE(GroupRule().Holds(record, DaysAgo(0)));  // nobody by an empty rule
  EXPECT_TRUE(holds([](GroupRule& r) { r.least_settled = 10; }));
  EXPECT_FALSE(holds([](GroupRule& r) { r.least_settled = 11; }));
  // Eight of eleven: the unpaid one counts.
  EXPECT_TRUE(holds([](GroupRule& r) { r.least_on_time_ppm = 727'272; }));
  EXPECT_FALSE(holds([](GroupRule& r) { r.least_on_time_ppm = 727'273; }));
  EXPECT_TRUE(holds([](GroupRule& r) { r.most_days_late = 15; }));
  EXPECT_FALSE(holds([](GroupRule& r) { r.most_days_late = 14; }));
  EXPECT_TRUE(holds([](GroupRule& r) { r.least_bad = 3; }));
  EXPECT_FALSE(holds([](GroupRule& r) { r.least_bad = 4; }));
  EXPECT_TRUE(holds([](GroupRule& r) { r.least_overdue_days = 20; }));
  EXPECT_FALSE(holds([](GroupRule& r) { r.least_overdue_days = 21; }));
  EXPECT_TRUE(holds([](GroupRule& r) { r.least_days_known = 100; }));
  EXPECT_FALSE(holds([](GroupRule& r) { r.least_days_known = 101; }));
  EXPECT_TRUE(holds([](GroupRule& r) { r.least_turnover = Rupiah(10'000'000); }));
  EXPECT_FALSE(holds([](GroupRule& r) { r.least_turnover = Rupiah(10'000'001); }));
  EXPECT_FALSE(holds([](GroupRule& r) {
    r.least_turnover = evidence::Money{1, *evidence::Currency::FromCode("USD")};
  }));
  EXPECT_FALSE(holds([](GroupRule& r) {
    r.least_settled = 10;
    r.least_bad = 4;
  }));
}

TEST(GroupTest, ValuesOutOfTheirBoundsAreRefusedInWords) {
  const auto refused = [](std::string_view words, auto change) {
    Group group = Named("wholesale", 100);
    change(group);
    EXPECT_THAT(group.Check(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(std::string(words))));
  };
  refused("name", [](Group& g) { g.terms.name = ""; });
  refused("name", [](Group& g) { g.terms.name = "Big Ones"; });
  refused("name", [](Group& g) { g.terms.name = std::string(kMaxGroupNameBytes + 1, 'a'); });
  refused("precedence", [](Group& g) { g.terms.precedence = 0; });
  refused("precedence", [](Group& g) { g.terms.precedence = kMaxPrecedence + 1; });
  refused("at-least", [](Group& g) {
    g.terms.least = Effect::kReview;
    g.terms.most = Effect::kDeposit;
  });
  refused("share", [](Group& g) { g.terms.deposit_ppm = 0; });
  refused("share", [](Group& g) { g.terms.deposit_ppm = 1'000'001; });
  refused("days", [](Group& g) { g.terms.credit_days = kMaxGroupDays + 1; });
  refused("orders", [](Group& g) { g.rule.least_bad = kMaxGroupOrders + 1; });
  refused("price list", [](Group& g) { g.terms.price_list = "a\nb"; });
  refused("an amount has a currency and at most", [](Group& g) {
    g.terms.credit_limits = {evidence::Money{evidence::kMaxMinorUnits + 1, Rupiah()}};
  });
  refused("one credit limit a currency", [](Group& g) {
    g.terms.credit_limits = {Rupiah(1), Rupiah(2)};
  });
}

TEST(ChooseGroupTest, OfEqualPrecedenceTheFirstByNameAndTheOthersAreTold) {
  std::vector<Group> groups(4);
  const char* const names[] = {"c", "a", "b", "d"};
  for (size_t i = 0; i < groups.size(); ++i) groups[i].terms.name = names[i];
  groups[3].terms.precedence = kDefaultPrecedence + 1;
  const std::set<std::string> members = {"b", "c", "d"};
  const evidence::Date today = *evidence::Date::FromDays(20'000);
  EXPECT_EQ(ChooseGroup(groups, members, {}, today)->terms.name, "b");
  EXPECT_EQ(TiedGroups(groups, members, {}, today), std::vector<std::string>{"c"});
  EXPECT_TRUE(TiedGroups(groups, {"d"}, {}, today).empty());
  EXPECT_TRUE(TiedGroups(groups, {}, {}, today).empty());
}

}  // namespace
}  // namespace daftar::decision
