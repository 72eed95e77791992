#include "node/service/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>

namespace daftar::service {
namespace {

void SetGauge(prometheus::Registry& registry, const char* name, const char* help, double value,
              const prometheus::Labels& labels = {}) {
  prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels).Set(value);
}

void SetCounter(prometheus::Registry& registry, const char* name, const char* help,
                uint64_t value) {
  prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({}).Increment(
      static_cast<double>(value));
}

}  // namespace

std::string RenderMetrics(Node& node, const PartnerServer& partner_server) {
  // The values live in the rooms; a registry made for one scrape cannot disagree with them.
  prometheus::Registry registry;
  const auto head = node.publisher().Head();
  const int64_t now = node.clock().Now().seconds();
  SetGauge(registry, "daftar_log_entries", "Entries under the newest signed head.",
           head.has_value() ? static_cast<double>(head->checkpoint.size) : 0);
  SetGauge(registry, "daftar_signing", "1 while the node signs heads, 0 while it must not.",
           node.publisher().trouble().empty() ? 1 : 0);
  SetGauge(registry, "daftar_test_mode", "1 in test mode, where some answers are made up.",
           node.config().test_mode ? 1 : 0);
  SetGauge(registry, "daftar_head_timestamp_age_seconds",
           "Age of the node's own timestamp on its head.",
           head.has_value() ? static_cast<double>(std::max<int64_t>(now - head->timestamp, 0)) : 0);
  SetGauge(registry, "daftar_decisions", "Receipts in the decision log.",
           static_cast<double>(node.receipts().Head().size));
  SetCounter(registry, "daftar_evaluations_total", "Elements evaluated for partners.",
             node.evaluator().evaluated());
  const PartnerServer::Counters counters = partner_server.counters();
  SetCounter(registry, "daftar_partner_connections_total", "Connections on the partner port.",
             counters.accepted);
  SetCounter(registry, "daftar_partner_connections_refused_total",
             "Connections closed for want of descriptors.", counters.refused_for_descriptors);
  SetCounter(registry, "daftar_partner_certificates_refused_total",
             "Handshakes with a certificate that nobody pinned.", counters.refused_certificates);

  const partners::ExchangeCounters exchange = node.exchange().counters();
  SetCounter(registry, "daftar_heads_cosigned_total", "Heads of partners' logs cosigned.",
             exchange.cosigned);
  SetCounter(registry, "daftar_note_exchanges_total", "Exchanges of notes that a partner answered.",
             exchange.delivered);
  SetCounter(registry, "daftar_note_exchanges_failed_total",
             "Exchanges of notes that a partner did not answer.", exchange.failed);
  SetCounter(registry, "daftar_notes_refused_total", "Partners' notes that did not verify.",
             exchange.refused);

  auto& holds = prometheus::BuildGauge()
                    .Name("daftar_partner_holds_entries")
                    .Help("Entries of the node's log that a partner states to hold.")
                    .Register(registry);
  auto& fresh = prometheus::BuildGauge()
                    .Name("daftar_partner_head_age_seconds")
                    .Help("Age of the newest head of a partner's copied log.")
                    .Register(registry);
  auto& entries = prometheus::BuildGauge()
                      .Name("daftar_partner_log_entries")
                      .Help("Entries copied from a partner's log.")
                      .Register(registry);
  auto& connected = prometheus::BuildGauge()
                        .Name("daftar_partner_connected")
                        .Help("1 while the partner's log is followed.")
                        .Register(registry);
  for (const partners::Partner& partner : node.registry().Active()) {
    const prometheus::Labels labels{{"partner", partner.origin}};
    holds.Add(labels).Set(static_cast<double>(node.arrivals().HeldBy(partner).holds));
    connected.Add(labels).Set(node.followers().ConnectionOf(partner.origin).connected ? 1 : 0);
    const auto mirror = node.followers().MirrorOf(partner.origin);
    if (mirror == nullptr) continue;
    const partners::MirrorView view = mirror->View();
    entries.Add(labels).Set(static_cast<double>(view.size));
    if (view.head_time > 0) {
      fresh.Add(labels).Set(static_cast<double>(std::max<int64_t>(now - view.head_time, 0)));
    }
  }
  return prometheus::TextSerializer().Serialize(registry.Collect());
}

}  // namespace daftar::service
