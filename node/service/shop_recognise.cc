// What a text that was typed or pasted can be.
#include "node/decision/form_texts.h"
#include "node/decision/texts.h"
#include "node/identity/display.h"
#include "node/identity/phone.h"
#include "node/service/convert.h"
#include "node/service/shop_handlers.h"

namespace daftar::service {
namespace {

v1::Identifier AsTyped(const identity::Identifier& identifier) {
  v1::Identifier out;
  using enum identity::IdentifierType;
  switch (identifier.type()) {
    case kPhone:
      out.set_phone(identifier.value());
      break;
    case kEmail:
      out.set_email(identifier.value());
      break;
    case kNationalIdIndonesia:
      out.set_national_id_indonesia(identifier.value());
      break;
    case kNationalIdMalaysia:
      out.set_national_id_malaysia(identifier.value());
      break;
    case kNationalIdSingapore:
      out.set_national_id_singapore(identifier.value());
      break;
    case kTaxIdIndonesia:
      out.set_tax_id_indonesia(identifier.value());
      break;
    case kBusinessIdIndonesia:
      out.set_business_id_indonesia(identifier.value());
      break;
    case kBusinessIdMalaysia:
      out.set_business_id_malaysia(identifier.value());
      break;
    case kBankAccount:
      out.set_bank_account(identifier.value());
      break;
    case kHandle:
      out.set_handle(identifier.value());
      break;
  }
  return out;
}

}  // namespace

absl::StatusOr<v1::RecogniseIdentifierResponse> ShopHandlers::RecogniseIdentifier(
    const Actor& actor, const v1::RecogniseIdentifierRequest& request) {
  if (absl::Status s = Authorise(actor, "ShopService/RecogniseIdentifier"); !s.ok()) return s;
  if (request.text().size() > identity::kMaxIdentifierInput) {
    return absl::InvalidArgumentError("text: at most " +
                                      std::to_string(identity::kMaxIdentifierInput) + " bytes");
  }
  auto language = LanguageFromProto(request.language());
  if (!language.ok()) return language.status();
  const identity::Region home = node_.config().region;
  v1::RecogniseIdentifierResponse out;
  for (const identity::Identifier& identifier : identity::RecogniseAny(request.text(), home)) {
    v1::RecognisedIdentifier& row = *out.add_recognised();
    row.set_type(std::string(identity::TypeName(identifier.type())));
    *row.mutable_identifier() = AsTyped(identifier);
    row.set_display(identity::Displayed(identifier));
    if (node_.book().warnings().WhyRefused(identifier).has_value()) {
      row.set_warning(decision::Fill(*language, decision::Text::kBelongsToNobody,
                                     {identity::Masked(identifier)}));
    }
  }
  if (out.recognised().empty()) {
    out.set_why(std::string(decision::Words(*language, decision::FormText::kNoIdentifier)) +
                std::string(identity::PhoneRuleOf(home).example) + ".");
  }
  return out;
}

}  // namespace daftar::service
