// The steps of a story in which proof goes from one shop to another.
#include <span>

#include "tests/scenarios/story.h"
#include "tests/support/incidents.h"

namespace daftar::testing {
namespace {

constexpr char kInvoice[] = "Invoice 17, 4,500,000 rupiah\n";

}  // namespace

absl::StatusOr<uint64_t> Story::IndexOf(const Told& told) {
  auto view = (*circle_)[told.node]->ledger().Get(told.id);
  if (!view.ok()) return view.status();
  if (!view->report.has_value()) return absl::FailedPreconditionError("it is not published");
  return view->report->index;
}

absl::Status Story::Proof(const Words& words) {
  const std::string& verb = words[0];
  auto told = ToldAs(words.at(1));
  if (!told.ok()) return told.status();
  SimNode& shop = (*circle_)[(*told)->node];
  if (verb == "proof") {
    auto upload =
        shop->proofs().Begin(shop.Caller(), {(*told)->id, evidence::ProofKind::kInvoice, "scan"});
    if (!upload.ok()) return upload.status();
    absl::Status status = (*upload)->Append(crypto::AsBytes(kInvoice));
    return status.ok() ? (*upload)->Finish().status() : status;
  }
  auto node = NodeNamed(words.at(3));
  auto index = IndexOf(**told);
  if (!node.ok() || !index.ok()) return node.ok() ? index.status() : node.status();
  SimNode& asker = (*circle_)[*node];
  const identity::Identifier buyer = Phone(BuyersPhone((*told)->buyer));
  if (verb == "ask") {
    return asker->proof_requests()
        .Ask(asker.Caller(), shop.origin(), *index, std::span(&buyer, 1), "a large order")
        .status();
  }
  if (verb == "guess") {
    auto issuer = asker->registry().Find(shop.origin());
    if (!issuer.ok()) return issuer.status();
    const std::chrono::milliseconds deadline(2000);
    auto nonce = asker->network().OpenProofRequest(*issuer, *index, deadline);
    if (!nonce.ok()) return nonce.status();
    const evidence::ProofMac mac =
        evidence::ProofRequestMac(crypto::Secret32(), asker.origin(), *nonce);
    return asker->network()
        .RequestProof(*issuer, {*index, *nonce, mac, "a large order"}, deadline)
        .status();
  }
  if (verb == "fetch") {
    auto asked = asker->proof_requests().List();
    if (!asked.ok()) return asked.status();
    for (const partners::AskedProof& one : *asked) {
      if (one.issuer != shop.origin() || one.report != *index) continue;
      return asker->proof_requests().Fetch(one.id).status();
    }
    return absl::NotFoundError("it did not ask");
  }
  auto waiting = shop->disclosures().List(true, 100, {});
  if (!waiting.ok()) return waiting.status();
  for (const ledger::ProofRequest& request : waiting->requests) {
    if (request.partner != asker.origin() || request.report != *index) continue;
    return verb == "disclose"
               ? shop->disclosures().Disclose(shop.Caller(), request.id, {}, "they may").status()
               : shop->disclosures().Refuse(shop.Caller(), request.id, "no need").status();
  }
  return absl::NotFoundError("nothing waits");
}

absl::Status Story::Got(const Words& words) {
  auto node = NodeNamed(words.at(1));
  auto told = ToldAs(words.at(2));
  if (!node.ok() || !told.ok()) return node.ok() ? told.status() : node.status();
  SimNode& asker = (*circle_)[*node];
  auto asked = asker->proof_requests().List();
  if (!asked.ok()) return asked.status();
  // A report that is erased has no index any more; then nothing of its shop's may be left.
  const auto index = IndexOf(**told);
  std::string state = "nothing";
  for (const partners::AskedProof& one : *asked) {
    if (one.issuer != (*circle_)[(*told)->node].origin()) continue;
    if (index.ok() && one.report != *index) continue;
    state = std::string(partners::AskedProofStateName(one.state));
    for (uint32_t number = 1; number <= one.files.size(); ++number) {
      std::string content;
      absl::Status read = asker->proof_requests().Read(
          asker.Caller().actor, one.id, number, [](const partners::KeptProof&) { return true; },
          [&](crypto::ByteView chunk) {
            content += crypto::AsText(chunk);
            return true;
          });
      if (!read.ok()) return read;
      if (content != kInvoice) return absl::DataLossError("what it got is not the invoice");
    }
    break;
  }
  if (state == words.at(3)) return absl::OkStatus();
  return absl::FailedPreconditionError("it got " + state);
}

}  // namespace daftar::testing
