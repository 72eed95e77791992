#include "node/service/client_address.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace daftar::service {
namespace {

const std::vector<std::string> kProxies = {"127.0.0.1", "10.0.0.5", "2001:db8::1"};

std::string Of(const std::string& peer, const std::vector<std::string>& forwarded,
               const std::vector<std::string>& proxies = kProxies) {
  HttpRequest head;
  for (const std::string& value : forwarded) head.headers.emplace_back("X-Forwarded-For", value);
  return ClientAddress(peer, head, proxies);
}

TEST(ClientAddressTest, WithoutAProxyThePeerAsksWhateverItSays) {
  EXPECT_EQ(Of("127.0.0.1", {"203.0.113.7"}, {}), "127.0.0.1");
  EXPECT_EQ(Of("198.51.100.2", {"203.0.113.7"}), "198.51.100.2");
  EXPECT_EQ(Of("127.0.0.1", {}), "127.0.0.1");
}

TEST(ClientAddressTest, AProxySaysForWhomItAsks) {
  EXPECT_EQ(Of("127.0.0.1", {"203.0.113.7"}), "203.0.113.7");
  EXPECT_EQ(Of("127.0.0.1", {" 203.0.113.7:4711 "}), "203.0.113.7");
  EXPECT_EQ(Of("2001:db8:0::1", {"[2001:db8::7]:4711"}), "2001:db8::7");
  EXPECT_EQ(Of("127.0.0.1", {"2001:db8::7"}), "2001:db8::7");
}

TEST(ClientAddressTest, AnIpv4AddressIsTheSameOverIpv6) {
  EXPECT_EQ(Of("::ffff:10.0.0.5", {"203.0.113.7"}), "203.0.113.7");
  EXPECT_EQ(Of("127.0.0.1", {"::ffff:203.0.113.7"}), "203.0.113.7");
  EXPECT_EQ(CanonicalAddress("::ffff:10.0.0.5"), "10.0.0.5");
  EXPECT_EQ(CanonicalAddress("2001:DB8:0::1"), "2001:db8::1");
  EXPECT_EQ(CanonicalAddress("nowhere"), "nowhere");
}

TEST(ClientAddressTest, WhatStandsBeforeTheLastStrangerIsNotBelieved) {
  EXPECT_EQ(Of("127.0.0.1", {"192.0.2.9, 203.0.113.7"}), "203.0.113.7");
  EXPECT_EQ(Of("127.0.0.1", {"192.0.2.9", "203.0.113.7"}), "203.0.113.7");
  EXPECT_EQ(Of("127.0.0.1", {"192.0.2.9, 203.0.113.7, 10.0.0.5"}), "203.0.113.7");
}

TEST(ClientAddressTest, WhatCannotBeReadIsTheProxysOwn) {
  EXPECT_EQ(Of("127.0.0.1", {"unknown"}), "127.0.0.1");
  EXPECT_EQ(Of("127.0.0.1", {"203.0.113.7, _hidden, 10.0.0.5"}), "10.0.0.5");
  EXPECT_EQ(Of("127.0.0.1", {"203.0.113.7, "}), "127.0.0.1");
  EXPECT_EQ(Of("127.0.0.1", {"["}), "127.0.0.1");
}

}  // namespace
}  // namespace daftar::service
