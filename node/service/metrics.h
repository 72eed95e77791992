// What /metrics shows: counts and gauges by their Prometheus names, never anything about a person.
#ifndef DAFTAR_NODE_SERVICE_METRICS_H_
#define DAFTAR_NODE_SERVICE_METRICS_H_

#include <string>

#include "node/node.h"
#include "node/service/partner_server.h"

namespace daftar::service {

// The Prometheus text exposition of the node's state now. Any thread; reads only memory.
std::string RenderMetrics(Node& node, const PartnerServer& partner_server);

}  // namespace daftar::service

#endif  // DAFTAR_NODE_SERVICE_METRICS_H_
