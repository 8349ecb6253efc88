import type { Account } from "@s2s/sdk/gen/s2s/v1/account_pb";
import { api } from "./api.ts";

const ACCOUNTS_MAX = 2_000;

/** All accounts of the installation, for administrators. */
export const allAccounts = () => ({
  queryKey: ["accounts"],
  queryFn: async (): Promise<Account[]> => {
    const list: Account[] = [];
    for await (const account of api.accounts.list({ pageSize: 1_000 })) {
      if (list.push(account) >= ACCOUNTS_MAX) {
        break;
      }
    }
    return list;
  },
});
