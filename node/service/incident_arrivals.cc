// Which partners have durably applied what became of an incident, and waiting until they have.
#include <algorithm>

#include "node/service/convert.h"
#include "node/service/partner_privacy.h"
#include "node/service/shop_handlers.h"

namespace daftar::service {
namespace {

constexpr std::chrono::milliseconds kAwaitLook{1000};

std::string SecondsText(int64_t seconds) {
  return TimeText(evidence::UnixMillis::OfSeconds(seconds));
}

// The index of the newest change that goes to partners; nullopt while it waits for its tick.
absl::StatusOr<std::optional<uint64_t>> NewestChange(const ledger::IncidentView& view) {
  if (view.state == ledger::IncidentState::kHeld && view.incident.held_until == 0) {
    return absl::FailedPreconditionError(
        "the hold begins with the notice to the customer; nothing reaches a partner before it "
        "ends");
  }
  if (view.state == ledger::IncidentState::kHeld) {
    return absl::FailedPreconditionError("the hold runs until " +
                                         SecondsText(view.incident.held_until) +
                                         "; nothing reaches a partner before");
  }
  // Without a report, what was queued was taken back.
  for (size_t i = view.incident.events.size(); view.incident.report.has_value() && i-- > 0;) {
    if (!view.incident.events[i].submission.has_value()) continue;
    if (view.events[i].has_value()) return view.events[i]->index;
    return std::nullopt;
  }
  return absl::FailedPreconditionError(
      "nothing of this incident goes to partners, so there is nothing to wait for");
}

}  // namespace

absl::Status DescribeArrivals(Node& node, v1::Incident& incident) {
  for (v1::IncidentEvent& event : *incident.mutable_history()) {
    if (!event.has_log_index()) continue;
    auto arrivals = node.arrivals().Of(event.log_index());
    if (!arrivals.ok()) return arrivals.status();
    for (const partners::Arrival& arrival : *arrivals) {
      v1::Arrival* row = event.add_arrivals();
      row->set_partner(arrival.origin);
      if (arrival.applied_at.has_value()) row->set_applied_at(SecondsText(*arrival.applied_at));
      if (arrival.last_heard > 0) row->set_last_heard_at(SecondsText(arrival.last_heard));
      row->set_live(arrival.live);
      row->set_pairing(std::string(partners::StatusName(arrival.status)));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::AwaitIncidentResponse> ShopHandlers::AwaitIncident(
    const Actor& actor, const v1::AwaitIncidentRequest& request,
    const std::function<bool(const v1::AwaitIncidentResponse&)>& tell) {
  if (absl::Status s = Authorise(actor, "ShopService/AwaitIncident"); !s.ok()) return s;
  if (request.wait_ms() > kMaxAwaitMillis) {
    return absl::InvalidArgumentError("wait_ms: at most " + std::to_string(kMaxAwaitMillis));
  }
  const std::chrono::milliseconds wait(request.wait_ms() > 0 ? request.wait_ms()
                                                             : kDefaultAwaitMillis);
  struct Turn {
    explicit Turn(std::atomic<int>& count) : awaits(count), taken(++count) {}
    ~Turn() { --awaits; }
    std::atomic<int>& awaits;
    const int taken;
  } turn(awaits_);
  if (turn.taken > kMaxAwaits) {
    return absl::ResourceExhaustedError("at most " + std::to_string(kMaxAwaits) +
                                        " calls wait for partners at once");
  }
  const auto until = std::chrono::steady_clock::now() + wait;
  while (true) {
    const uint64_t news = node_.arrivals().News();
    auto incident = FindIncident(actor, request.id());
    if (!incident.ok()) return incident.status();
    auto change = NewestChange(incident->view);
    if (!change.ok()) return change.status();
    v1::AwaitIncidentResponse out;
    bool arrived = change->has_value();
    if (change->has_value()) {
      auto arrivals = node_.arrivals().Of(**change);
      if (!arrivals.ok()) return arrivals.status();
      uint32_t applied = 0;
      uint32_t active = 0;
      for (const partners::Arrival& arrival : *arrivals) {
        if (arrival.status != partners::PartnerStatus::kActive) continue;
        ++active;
        applied += arrival.applied_at.has_value() ? 1 : 0;
        arrived = arrived && (arrival.applied_at.has_value() || !arrival.live);
      }
      out.mutable_progress()->set_log_index(**change);
      out.mutable_progress()->set_applied(applied);
      out.mutable_progress()->set_partners(active);
      out.set_everywhere(applied == active);
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    if (arrived || left.count() <= 0) {
      *out.mutable_incident() = std::move(incident->described);
      out.set_arrived(arrived);
      return out;
    }
    if (tell && !tell(out)) return absl::CancelledError("the caller went away");
    // A look each second besides: partners fall silent, and ticks pass, without news.
    node_.arrivals().WaitForNews(news, std::min(left, kAwaitLook));
  }
}

}  // namespace daftar::service
