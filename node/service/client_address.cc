#include "node/service/client_address.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/beast/core/string.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace daftar::service {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::make_address_v4;

std::optional<address> Parse(std::string_view text) {
  boost::system::error_code error;
  const address parsed = boost::asio::ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  if (parsed.is_v6() && parsed.to_v6().is_v4_mapped()) {
    return make_address_v4(boost::asio::ip::v4_mapped, parsed.to_v6());
  }
  return parsed;
}

// "203.0.113.7", "203.0.113.7:4711", "2001:db8::1" or "[2001:db8::1]:4711".
std::optional<address> ParseForwarded(std::string_view text) {
  if (auto whole = Parse(text); whole.has_value()) return whole;
  if (text.starts_with('[')) return Parse(text.substr(1, text.find(']') - 1));
  return Parse(text.substr(0, text.find(':')));
}

}  // namespace

std::string CanonicalAddress(const std::string& text) {
  const auto parsed = Parse(text);
  return parsed.has_value() ? parsed->to_string() : text;
}

std::string ClientAddress(const std::string& peer, const HttpRequest& head,
                          std::span<const std::string> proxies) {
  if (proxies.empty()) return peer;
  const auto is_proxy = [proxies](const address& one) {
    return std::ranges::any_of(proxies,
                               [&](const std::string& proxy) { return Parse(proxy) == one; });
  };
  auto asks = Parse(peer);
  if (!asks.has_value() || !is_proxy(*asks)) return peer;
  // Several headers are one list (RFC 9110 section 5.3).
  std::vector<std::string> hops;
  for (const auto& [name, value] : head.headers) {
    if (!boost::beast::iequals(name, "x-forwarded-for")) continue;
    for (const absl::string_view hop : absl::StrSplit(value, ',')) {
      hops.emplace_back(absl::StripAsciiWhitespace(hop));
    }
  }
  for (auto hop = hops.rbegin(); hop != hops.rend() && is_proxy(*asks); ++hop) {
    const auto before = ParseForwarded(*hop);
    if (!before.has_value()) break;
    asks = before;
  }
  return asks->to_string();
}

}  // namespace daftar::service
