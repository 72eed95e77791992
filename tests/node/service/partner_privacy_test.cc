// Nothing that staff get tells which partner holds a record.
#include "node/service/partner_privacy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace daftar::service {
namespace {

// What each of three partners answers, however they are called.
struct Says {
  std::string origin;
  v1::PartnerState state;
  uint64_t age_s;
  uint32_t records;
  uint32_t weight_ppm;
};

std::vector<Says> Partners(const std::vector<std::string>& origins) {
  std::vector<Says> says = {{origins[0], v1::PARTNER_STATE_ANSWERED, 70, 0, 500'000},
                            {origins[1], v1::PARTNER_STATE_ANSWERED, 90, 1, 1'500'000},
                            {origins[2], v1::PARTNER_STATE_STALE, 200'000, 1, 900'000}};
  std::sort(says.begin(), says.end(),
            [](const Says& a, const Says& b) { return a.origin < b.origin; });
  return says;
}

template <class Input>
void AddRecord(const Says& partner, Input& input) {
  input.set_type("partner_record");
  input.set_origin(partner.origin);
  input.set_reference(std::to_string(partner.origin.size()));
  input.set_status("live");
  input.set_age_days(partner.state == v1::PARTNER_STATE_STALE ? 9 : 4);
  input.set_bad_ppm(700'000);
  input.set_weight_ppm(partner.weight_ppm);
  input.set_counted(true);
}

v1::CheckResponse Check(const std::vector<std::string>& origins) {
  v1::CheckResponse response;
  response.add_inputs()->set_type("own_orders");
  for (const Says& says : Partners(origins)) {
    v1::PartnerAnswer& partner = *response.add_partners();
    partner.set_origin(says.origin);
    partner.set_state(says.state);
    partner.set_head_age_s(says.age_s);
    partner.set_records(says.records);
    if (says.records > 0) AddRecord(says, *response.add_inputs());
  }
  return response;
}

v1::GetReceiptResponse Receipt(const std::vector<std::string>& origins) {
  v1::GetReceiptResponse response;
  response.set_body(origins[0]);
  response.set_salt("salt");
  v1::ReceiptInput& own = *response.add_inputs();
  own.set_type("own_incident");
  own.set_reference("i9");
  for (const Says& says : Partners(origins)) {
    v1::ReceiptPartner& partner = *response.add_partners();
    partner.set_origin(says.origin);
    partner.set_state(says.state);
    partner.set_head_age_s(says.age_s);
    partner.set_head_size(says.origin.size());
    partner.set_head_root("root of " + says.origin);
    partner.add_witnesses("toko-w.test");
    partner.set_weight_ppm(says.weight_ppm);
    if (says.records == 0) continue;
    v1::ReceiptInput& input = *response.add_inputs();
    AddRecord(says, input);
    input.set_commitment("of " + says.origin);
  }
  return response;
}

template <class Response>
std::string Hidden(Response response) {
  HidePartners(response);
  return response.DebugString();
}

TEST(PartnerPrivacyTest, WhoeverSaysItTheAnswerIsTheSame) {
  std::vector<std::string> origins = {"a.test", "toko-bb.test", "toko-ccc.test"};
  const std::string check = Hidden(Check(origins));
  const std::string receipt = Hidden(Receipt(origins));
  while (std::next_permutation(origins.begin(), origins.end())) {
    EXPECT_EQ(Hidden(Check(origins)), check);
    EXPECT_EQ(Hidden(Receipt(origins)), receipt);
  }
}

TEST(PartnerPrivacyTest, WhatCouldBeMatchedIsGone) {
  v1::GetReceiptResponse response = Receipt({"a.test", "toko-bb.test", "toko-ccc.test"});
  HidePartners(response);
  EXPECT_TRUE(response.body().empty());
  EXPECT_TRUE(response.salt().empty());
  for (const v1::ReceiptPartner& partner : response.partners()) {
    EXPECT_TRUE(partner.origin().empty());
    EXPECT_EQ(partner.head_size(), 0u);
    EXPECT_TRUE(partner.head_root().empty());
    EXPECT_TRUE(partner.witnesses().empty());
    EXPECT_EQ(partner.weight_ppm(), 0u);
  }
  EXPECT_EQ(response.inputs(0).reference(), "i9") << "the shop's own stay in their places";
  for (int i = 1; i < response.inputs_size(); ++i) {
    const v1::ReceiptInput& input = response.inputs(i);
    EXPECT_TRUE(input.origin().empty());
    EXPECT_TRUE(input.reference().empty());
    EXPECT_TRUE(input.commitment().empty());
    EXPECT_EQ(input.weight_ppm(), 0u);
    EXPECT_EQ(input.bad_ppm(), 700'000u) << "what is said stays";
  }
}

TEST(PartnerPrivacyTest, AgesAreCoarseAndNeverYoungerThanTheyAre) {
  const auto age = [](uint64_t age_s) {
    v1::CheckResponse response;
    response.add_partners()->set_head_age_s(age_s);
    HidePartners(response);
    return response.partners(0).head_age_s();
  };
  EXPECT_EQ(age(0), 3600u);
  EXPECT_EQ(age(3600), 3600u);
  EXPECT_EQ(age(3601), 7200u);
  EXPECT_EQ(age(86'400), 86'400u);
  EXPECT_EQ(age(86'401), 172'800u);
  v1::CheckResponse response;
  response.add_partners();
  HidePartners(response);
  EXPECT_FALSE(response.partners(0).has_head_age_s()) << "no data stays no data";
}

}  // namespace
}  // namespace daftar::service
