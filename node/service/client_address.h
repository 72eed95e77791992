// Whom a request over HTTP comes from, when a reverse proxy may stand between.
#ifndef DAFTAR_NODE_SERVICE_CLIENT_ADDRESS_H_
#define DAFTAR_NODE_SERVICE_CLIENT_ADDRESS_H_

#include <span>
#include <string>

#include "node/service/http_message.h"

namespace daftar::service {

// An address as text, an IPv4 one also where it came over IPv6 (::ffff:192.0.2.1): a listener on
// [::] gets both. What is no address stays as it is.
std::string CanonicalAddress(const std::string& text);

// The address of whoever asks: of the peer, or, when that is one of `proxies` (http.proxies,
// numeric addresses), the last of X-Forwarded-For that is none of them. Only what a proxy has
// appended is taken; anything before it the client may have made up. Whatever cannot be read counts
// as the proxy's own. Any thread.
std::string ClientAddress(const std::string& peer, const HttpRequest& head,
                          std::span<const std::string> proxies);

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_CLIENT_ADDRESS_H_
