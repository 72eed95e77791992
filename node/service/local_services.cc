#include "node/service/local_services.h"

#include <grpcpp/server_builder.h>

#include <algorithm>
#include <array>

#include "node/service/adapters.h"

namespace daftar::service {
namespace {

constexpr std::array kNames = {
    v1::ShopService::service_full_name(),       v1::IncidentService::service_full_name(),
    v1::SubjectService::service_full_name(),    v1::BookService::service_full_name(),
    v1::PolicyService::service_full_name(),     v1::NodeService::service_full_name(),
    v1::DisclosureService::service_full_name(), v1::SessionService::service_full_name()};

}  // namespace

struct LocalServices::Parts {
  Parts(const Handlers& handlers, const Credentials& who, std::optional<uint32_t> uid)
      : credentials(who),
        shop(handlers.shop, credentials, uid),
        incident(handlers.incident, credentials, uid),
        subject(handlers.subject, credentials, uid),
        book(handlers.book, credentials, uid),
        policy(handlers.policy, credentials, uid),
        node(handlers.node, credentials, uid),
        disclosure(handlers.disclosure, credentials, uid),
        session(handlers.session, uid) {}

  const Credentials credentials;
  ShopAdapter shop;
  IncidentAdapter incident;
  SubjectAdapter subject;
  BookAdapter book;
  PolicyAdapter policy;
  NodeAdapter node;
  DisclosureAdapter disclosure;
  SessionAdapter session;
};

LocalServices::LocalServices(const Handlers& handlers, const Credentials& credentials,
                             std::optional<uint32_t> uid)
    : parts_(std::make_unique<Parts>(handlers, credentials, uid)) {}

LocalServices::~LocalServices() = default;

void LocalServices::AddTo(grpc::ServerBuilder& builder) {
  const std::array<grpc::Service*, kNames.size()> all = {
      &parts_->shop,   &parts_->incident, &parts_->subject,    &parts_->book,
      &parts_->policy, &parts_->node,     &parts_->disclosure, &parts_->session};
  for (grpc::Service* service : all) builder.RegisterService(service);
}

bool LocalServices::Has(std::string_view full_name) {
  return std::find(kNames.begin(), kNames.end(), full_name) != kNames.end();
}

}  // namespace daftar::service
