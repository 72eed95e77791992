#include "node/service/trouble_news.h"

#include <utility>

namespace daftar::service {
namespace {

std::string Named(const std::string& origin, const std::string& words) {
  return "partner " + origin + ": " + words;
}

}  // namespace

std::map<std::string, std::string> TroubleNews::Look() const {
  std::map<std::string, std::string> troubles;
  if (std::string own = node_.publisher().trouble(); !own.empty()) {
    troubles.emplace("", "nothing is signed: " + std::move(own));
  }
  for (const partners::Partner& partner : node_.registry().Active()) {
    const auto mirror = node_.followers().MirrorOf(partner.origin);
    if (mirror == nullptr) continue;
    // Not View().trouble, whose other words come and go with every count in them.
    if (mirror->View().forked) {
      troubles.emplace(partner.origin,
                       Named(partner.origin,
                             "two signed heads of its log contradict each other; its reports do "
                             "not count. `daftar status` says what to do"));
    } else if (std::string words = partners::SuccessionWords(partner); !words.empty()) {
      troubles.emplace(partner.origin, Named(partner.origin, words));
    }
  }
  return troubles;
}

std::vector<TroubleLine> TroubleNews::Take() {
  std::map<std::string, std::string> now = Look();
  std::vector<TroubleLine> news;
  for (const auto& [whose, words] : now) {
    const auto told = told_.find(whose);
    if (told == told_.end() || told->second != words) news.push_back({false, words});
  }
  if (told_.count("") > 0 && now.count("") == 0) news.push_back({true, "the log is signed again"});
  told_ = std::move(now);
  return news;
}

}  // namespace daftar::service
