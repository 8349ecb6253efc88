// What cures the cause of a held postback, as far as a button can do it.

import { DecimalSeparator, type PostbackAuthentication } from "@s2s/sdk/gen/s2s/v1/conversion_code_pb";
import type { ExplainPostbackResponse } from "@s2s/sdk/gen/s2s/v1/postback_service_pb";
import { api } from "./api.ts";
import { type Key, t } from "./i18n.svelte.ts";

/** A cure that a button does. Afterwards the postback is replayed. */
export interface Cure {
  readonly label: string;
  readonly apply: () => Promise<void>;
  /** The replay must believe the sender: the proof of a sender is not stored. */
  readonly needsTrust: boolean;
}

/** The reasons for which a postback that is known to be genuine may count nevertheless. */
const OF_SENDER = new Set(["SECRET_REFUSED", "SIGNATURE_REFUSED", "TIMESTAMP_REFUSED", "HTTPS_REQUIRED"]);

/** Reasons that a setting of the conversion code cures, which a person has to choose. */
export const OF_CODE: Readonly<Record<string, Key>> = {
  ATTRIBUTION_WINDOW_PASSED: "cure_button.window",
  STATUS_UNKNOWN: "cure_button.preset",
  UPDATES_OFF: "cure_button.updates",
  ORDER_OF_ANOTHER_CLICK: "cure_button.orders",
  TRANSACTION_CONFLICT: "cure_button.updates",
};

/** Returns the network that a stored address stands for. Addresses are cut to networks by default. */
export function networkOf(address: string): string {
  if (/^\d+\.\d+\.\d+\.0$/.test(address)) {
    return `${address}/24`;
  }
  return /^[0-9a-f:]+::$/i.test(address) ? `${address}/48` : address;
}

export function curesOf(explained: ExplainPostbackResponse, reason: string): Cure[] {
  const { conversionCode: code, trackingLink: link, postback } = explained;
  const plain = (label: string, apply: () => Promise<unknown>): Cure => ({
    label,
    needsTrust: false,
    apply: async () => void (await apply()),
  });
  const address = postback?.raw?.senderAddress ?? "";
  if (reason === "AMOUNT_AMBIGUOUS" && code) {
    const set = (decimalSeparator: DecimalSeparator) => () =>
      api.conversionCodes.update({ id: code.id, decimalSeparator });
    return [
      plain(t("cure_button.comma"), set(DecimalSeparator.COMMA)),
      plain(t("cure_button.point"), set(DecimalSeparator.POINT)),
    ];
  }
  if (reason === "ADDRESS_REFUSED" && code && address) {
    const network = networkOf(address);
    const apply = () => allow(code.id, code.postbackAuthentication, network);
    return [{ label: t("cure_button.address", { address: network }), needsTrust: true, apply }];
  }
  if (OF_SENDER.has(reason) && postback) {
    return [{ label: t("cure_button.trust"), needsTrust: true, apply: async () => undefined }];
  }
  if (reason === "CODE_NOT_ON_LINK" && code && link) {
    const conversionCodeIds = [...link.conversionCodeIds, code.id];
    return [
      plain(t("cure_button.code_on_link", { code: code.name, link: link.slug || link.id }), () =>
        api.trackingLinks.update({ id: link.id, conversionCodeIds }),
      ),
    ];
  }
  if (reason === "CONVERSION_CODE_ARCHIVED" && code) {
    return [
      plain(t("cure_button.unarchive_code"), () =>
        api.conversionCodes.unarchive({ conversionCodeId: code.id }),
      ),
    ];
  }
  if (reason === "TRACKING_LINK_ARCHIVED" && link) {
    return [
      plain(t("cure_button.unarchive_link"), () => api.trackingLinks.unarchive({ trackingLinkId: link.id })),
    ];
  }
  return [];
}

async function allow(id: string, known: PostbackAuthentication | undefined, network: string): Promise<void> {
  const allowedAddresses = [...(known?.allowedAddresses ?? []), network];
  await api.conversionCodes.update({
    id,
    postbackAuthentication: {
      secretCheck: known?.secretCheck,
      signatureCheck: known?.signatureCheck,
      addressCheck: known?.addressCheck,
      httpsCheck: known?.httpsCheck,
      allowedAddresses,
    },
  });
}
