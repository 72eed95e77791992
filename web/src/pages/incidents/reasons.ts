import { shop } from "../../api";
import type { ListReasonsResponse } from "../../gen/daftar/v1/shop_pb";
import { useLanguage } from "../../i18n/language";
import { useAsk } from "../../use_ask";

// The catalogue of reasons, and the title of one; its name until the catalogue is here.
export function useReasons() {
  const language = useLanguage();
  const asked = useAsk<ListReasonsResponse>((signal) => shop.listReasons({ language }, { signal }), [language]);
  const reasons = asked.value?.reasons ?? [];
  return {
    ...asked,
    reasons,
    secondPerson: asked.value?.secondPerson ?? false,
    find: (name: string) => reasons.find((reason) => reason.name === name),
    title: (name: string) => {
      const title = reasons.find((reason) => reason.name === name)?.title ?? name;
      return title.charAt(0).toLocaleUpperCase(language) + title.slice(1);
    },
  };
}
