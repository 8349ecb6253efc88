import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { CallOptions, OneOf, Shape } from "../../params.js";
import type { ApprovalInput, DeclineInput, OrderTargetInput, RefundInput, RestatementInput, ReversalInput } from "./inputs.js";
import type { AdjustmentService, BatchCreateAdjustmentsResponse, CreateAdjustmentResponse } from "../s2s/v1/adjustment_service_pb.js";
import { BatchCreateAdjustmentsRequestSchema, CreateAdjustmentRequestSchema, ListAdjustmentsRequestSchema } from "../s2s/v1/adjustment_service_pb.js";
import type { Adjustment } from "../s2s/v1/adjustment_pb.js";
import type { Client } from "@connectrpc/connect";
import { list, unary } from "../../methods.js";

// Generated from the schema by generate/protoc-gen-s2s.ts. Do not edit.

/**
 * The parameters of `adjustments.create`.
 */
export type CreateAdjustmentParams = {
  /**
   * The merchant's id of the change, such as a refund id, at most 64 bytes,
   * unique for the conversion. It makes the call safe to repeat. Mandatory for
   * `refund` and `restate`. Example: `refund-17`.
   */
  externalId?: string | undefined;
  /**
   * Remark for people, at most 500 bytes. It must not name the visitor: only an
   * erasure removes it.
   */
  remark?: string | undefined;
  /**
   * Time of the change. Not set: now. At most 5 seconds ahead of the server's
   * clock.
   */
  effectiveTime?: Date | Timestamp | undefined;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written: the answer shows the conversion before and after. The verdict is
   * `ADJUSTMENT_VERDICT_TEST` if a line would be recorded.
   */
  validateOnly?: boolean | undefined;
} & OneOf<
  | {
      /**
       * Id of the conversion.
       */
      conversionId: string;
    }
  | {
      /**
       * The merchant's order, which must have one conversion in this account.
       */
      order: OrderTargetInput;
    }
> & OneOf<
  | {
      /**
       * Approves a pending conversion.
       */
      approve: ApprovalInput;
    }
  | {
      /**
       * Declines a conversion.
       */
      decline: DeclineInput;
    }
  | {
      /**
       * Takes a part of the value back, or the rest of it.
       */
      refund: RefundInput;
    }
  | {
      /**
       * Sets another value, commission or status.
       */
      restate: RestatementInput;
    }
  | {
      /**
       * Takes back all that is left.
       */
      reverse: ReversalInput;
    }
>;

/**
 * The parameters of `adjustments.batchCreate`.
 */
export interface BatchCreateAdjustmentsParams {
  /**
   * The adjustments, 1 to 1,000. With `validateOnly`, each is checked by what
   * stands now, without the others.
   */
  requests: ReadonlyArray<CreateAdjustmentParams>;
}

/**
 * The parameters of `adjustments.list`.
 */
export interface ListAdjustmentsParams {
  /**
   * Id of the conversion.
   */
  conversionId?: string | undefined;
  /**
   * Earliest time of recording, inclusive.
   */
  startTime?: Date | Timestamp | undefined;
  /**
   * Latest time of recording, exclusive.
   */
  endTime?: Date | Timestamp | undefined;
  /**
   * Maximum number of adjustments to return, 1 to 1,000. 0 means 50; larger
   * values are read as 1,000.
   */
  pageSize?: number | undefined;
}

/**
 * Changes what a recorded conversion stands at, and lists these changes. The
 * conversion itself stays as it was recorded; each change is a line after it.
 */
export interface Adjustments {
  /**
   * Adjusts a conversion. OK means that the line is durable and counted exactly
   * once, or that nothing had to change. A conversion is never adjusted below 0.
   * The same `externalId` with the same change returns the first line again;
   * with another change, it is refused with `ADJUSTMENT_CONFLICT`.
   */
  create(params: CreateAdjustmentParams, options?: CallOptions): Promise<CreateAdjustmentResponse>;

  /**
   * Adjusts up to 1,000 conversions. Each item has its own result; one bad item
   * does not affect the others. Items of one conversion are applied in their
   * order. An answer has at most 3 MiB: if it would be longer, the last results
   * come without remarks and long messages.
   */
  batchCreate(params: BatchCreateAdjustmentsParams, options?: CallOptions): Promise<BatchCreateAdjustmentsResponse>;

  /**
   * Lists the adjustments of a conversion, or of the account, newest first. A
   * page has at most 3 MiB.
   *
   * The result iterates over all pages. Each page is fetched when it is reached.
   */
  list(params?: ListAdjustmentsParams, options?: CallOptions): AsyncGenerator<Adjustment, void, undefined>;
}

export const createAdjustmentShape: Shape = {
  schema: CreateAdjustmentRequestSchema,
  inlined: "adjustment",
};

export const batchCreateAdjustmentsShape: Shape = {
  schema: BatchCreateAdjustmentsRequestSchema,
  items: { requests: createAdjustmentShape },
};

export const listAdjustmentsShape: Shape = {
  schema: ListAdjustmentsRequestSchema,
  inlined: "filter",
  omitted: "pageToken",
};

/**
 * Makes the methods of the service.
 */
export function adjustmentsOf(stubs: Client<typeof AdjustmentService>): Adjustments {
  return {
    create: unary(stubs.createAdjustment, createAdjustmentShape),
    batchCreate: unary(stubs.batchCreateAdjustments, batchCreateAdjustmentsShape),
    list: list(stubs.listAdjustments, listAdjustmentsShape, "adjustments"),
  };
}
