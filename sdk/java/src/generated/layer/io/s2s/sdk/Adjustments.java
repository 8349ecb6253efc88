// Generated from the schema by make generate. Do not edit.

package io.s2s.sdk;

import io.s2s.sdk.v1.Adjustment;
import io.s2s.sdk.v1.AdjustmentFilter;
import io.s2s.sdk.v1.AdjustmentServiceGrpc;
import io.s2s.sdk.v1.Approval;
import io.s2s.sdk.v1.BatchCreateAdjustmentsRequest;
import io.s2s.sdk.v1.BatchCreateAdjustmentsResponse;
import io.s2s.sdk.v1.CreateAdjustmentRequest;
import io.s2s.sdk.v1.CreateAdjustmentResponse;
import io.s2s.sdk.v1.Decline;
import io.s2s.sdk.v1.ListAdjustmentsRequest;
import io.s2s.sdk.v1.ListAdjustmentsResponse;
import io.s2s.sdk.v1.NewAdjustment;
import io.s2s.sdk.v1.OrderTarget;
import io.s2s.sdk.v1.Refund;
import io.s2s.sdk.v1.Restatement;
import io.s2s.sdk.v1.Reversal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/**
 * Changes what a recorded conversion stands at, and lists these changes. The conversion itself
 * stays as it was recorded; each change is a line after it.
 */
public final class Adjustments {
  private final Calls calls;

  Adjustments(Calls calls) {
    this.calls = calls;
  }

  /**
   * Returns this service with a time limit for each of its calls: over all attempts of a call, for
   * each page of a list, and for a whole stream.
   */
  public Adjustments withTimeout(Duration timeout) {
    return new Adjustments(calls.withTimeout(timeout));
  }

  /**
   * Adjusts a conversion. OK means that the line is durable and counted exactly once, or that
   * nothing had to change. A conversion is never adjusted below 0. The same {@code externalId} with
   * the same change returns the first line again; with another change, it is refused with {@code
   * ADJUSTMENT_CONFLICT}.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public CreateAdjustmentResponse create(Consumer<CreateParams> params) {
    CreateParams made = new CreateParams();
    params.accept(made);
    return create(made);
  }

  /**
   * Adjusts a conversion. OK means that the line is durable and counted exactly once, or that
   * nothing had to change. A conversion is never adjusted below 0. The same {@code externalId} with
   * the same change returns the first line again; with another change, it is refused with {@code
   * ADJUSTMENT_CONFLICT}.
   *
   * @throws S2sException if the call fails
   */
  public CreateAdjustmentResponse create(CreateParams params) {
    return calls.unary(AdjustmentServiceGrpc.getCreateAdjustmentMethod(), params.toRequest());
  }

  /**
   * Adjusts a conversion. OK means that the line is durable and counted exactly once, or that
   * nothing had to change. A conversion is never adjusted below 0. The same {@code externalId} with
   * the same change returns the first line again; with another change, it is refused with {@code
   * ADJUSTMENT_CONFLICT}.
   *
   * @throws S2sException if the call fails
   */
  public CreateAdjustmentResponse create() {
    return create(new CreateParams());
  }

  /**
   * Adjusts up to 1,000 conversions. Each item has its own result; one bad item does not affect the
   * others. Items of one conversion are applied in their order. An answer has at most 3 MiB: if it
   * would be longer, the last results come without remarks and long messages.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public BatchCreateAdjustmentsResponse batchCreate(Consumer<BatchCreateParams> params) {
    BatchCreateParams made = new BatchCreateParams();
    params.accept(made);
    return batchCreate(made);
  }

  /**
   * Adjusts up to 1,000 conversions. Each item has its own result; one bad item does not affect the
   * others. Items of one conversion are applied in their order. An answer has at most 3 MiB: if it
   * would be longer, the last results come without remarks and long messages.
   *
   * @throws S2sException if the call fails
   */
  public BatchCreateAdjustmentsResponse batchCreate(BatchCreateParams params) {
    return calls.unary(AdjustmentServiceGrpc.getBatchCreateAdjustmentsMethod(), params.toRequest());
  }

  /**
   * Lists the adjustments of a conversion, or of the account, newest first. A page has at most 3
   * MiB.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @param params sets the parameters
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Adjustment> list(Consumer<ListParams> params) {
    ListParams made = new ListParams();
    params.accept(made);
    return list(made);
  }

  /**
   * Lists the adjustments of a conversion, or of the account, newest first. A page has at most 3
   * MiB.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Adjustment> list(ListParams params) {
    ListAdjustmentsRequest request = params.toRequest();
    return new Pages<>(
        token ->
            calls.unary(
                AdjustmentServiceGrpc.getListAdjustmentsMethod(),
                request.toBuilder().setPageToken(token).build()),
        ListAdjustmentsResponse::getAdjustmentsList,
        ListAdjustmentsResponse::getNextPageToken);
  }

  /**
   * Lists the adjustments of a conversion, or of the account, newest first. A page has at most 3
   * MiB.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Adjustment> list() {
    return list(new ListParams());
  }

  /** The parameters of {@code create}. */
  public static final class CreateParams {
    private final CreateAdjustmentRequest.Builder request = CreateAdjustmentRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public CreateParams() {}

    /** Id of the conversion. */
    public CreateParams conversionId(String conversionId) {
      Requests.checkAlone(adjustment(), NewAdjustment.CONVERSION_ID_FIELD_NUMBER);
      adjustment().setConversionId(conversionId);
      return this;
    }

    /** The merchant's order, which must have one conversion in this account. */
    public CreateParams order(OrderTarget order) {
      Requests.checkAlone(adjustment(), NewAdjustment.ORDER_FIELD_NUMBER);
      adjustment().setOrder(order);
      return this;
    }

    /** Approves a pending conversion. */
    public CreateParams approve(Approval approve) {
      Requests.checkAlone(adjustment(), NewAdjustment.APPROVE_FIELD_NUMBER);
      adjustment().setApprove(approve);
      return this;
    }

    /** Declines a conversion. */
    public CreateParams decline(Decline decline) {
      Requests.checkAlone(adjustment(), NewAdjustment.DECLINE_FIELD_NUMBER);
      adjustment().setDecline(decline);
      return this;
    }

    /** Takes a part of the value back, or the rest of it. */
    public CreateParams refund(Refund refund) {
      Requests.checkAlone(adjustment(), NewAdjustment.REFUND_FIELD_NUMBER);
      adjustment().setRefund(refund);
      return this;
    }

    /** Sets another value, commission or status. */
    public CreateParams restate(Restatement restate) {
      Requests.checkAlone(adjustment(), NewAdjustment.RESTATE_FIELD_NUMBER);
      adjustment().setRestate(restate);
      return this;
    }

    /** Takes back all that is left. */
    public CreateParams reverse(Reversal reverse) {
      Requests.checkAlone(adjustment(), NewAdjustment.REVERSE_FIELD_NUMBER);
      adjustment().setReverse(reverse);
      return this;
    }

    /**
     * The merchant's id of the change, such as a refund id, at most 64 bytes, unique for the
     * conversion. It makes the call safe to repeat. Mandatory for {@code refund} and {@code
     * restate}. Example: {@code refund-17}.
     */
    public CreateParams externalId(String externalId) {
      adjustment().setExternalId(externalId);
      return this;
    }

    /**
     * Remark for people, at most 500 bytes. It must not name the visitor: only an erasure removes
     * it.
     */
    public CreateParams remark(String remark) {
      adjustment().setRemark(remark);
      return this;
    }

    /** Time of the change. Not set: now. At most 5 seconds ahead of the server's clock. */
    public CreateParams effectiveTime(Instant effectiveTime) {
      adjustment().setEffectiveTime(Times.message(effectiveTime));
      return this;
    }

    /**
     * If true, the request is checked and answered as if real, but nothing is written: the answer
     * shows the conversion before and after. The verdict is {@code ADJUSTMENT_VERDICT_TEST} if a
     * line would be recorded.
     */
    public CreateParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    private NewAdjustment.Builder adjustment() {
      return request.getAdjustmentBuilder();
    }

    CreateAdjustmentRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code batchCreate}. */
  public static final class BatchCreateParams {
    private final BatchCreateAdjustmentsRequest.Builder request =
        BatchCreateAdjustmentsRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public BatchCreateParams() {}

    /**
     * The adjustments, 1 to 1,000. With {@code validateOnly}, each is checked by what stands now,
     * without the others. Required.
     */
    public BatchCreateParams requests(Iterable<CreateParams> requests) {
      request.clearRequests();
      for (CreateParams one : requests) {
        request.addRequests(one.toRequest());
      }
      return this;
    }

    /**
     * The adjustments, 1 to 1,000. With {@code validateOnly}, each is checked by what stands now,
     * without the others. Required.
     */
    public BatchCreateParams requests(CreateParams... requests) {
      return requests(List.of(requests));
    }

    BatchCreateAdjustmentsRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code list}. */
  public static final class ListParams {
    private final ListAdjustmentsRequest.Builder request = ListAdjustmentsRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ListParams() {}

    /**
     * Maximum number of adjustments to return, 1 to 1,000. 0 means 50; larger values are read as
     * 1,000.
     */
    public ListParams pageSize(int pageSize) {
      request.setPageSize(pageSize);
      return this;
    }

    /** Id of the conversion. */
    public ListParams conversionId(String conversionId) {
      filter().setConversionId(conversionId);
      return this;
    }

    /** Earliest time of recording, inclusive. */
    public ListParams startTime(Instant startTime) {
      filter().setStartTime(Times.message(startTime));
      return this;
    }

    /** Latest time of recording, exclusive. */
    public ListParams endTime(Instant endTime) {
      filter().setEndTime(Times.message(endTime));
      return this;
    }

    private AdjustmentFilter.Builder filter() {
      return request.getFilterBuilder();
    }

    ListAdjustmentsRequest toRequest() {
      return request.build();
    }
  }
}
