// Generated from the schema by make generate. Do not edit.

package io.s2s.sdk;

import io.s2s.sdk.v1.CancelPayoutRequest;
import io.s2s.sdk.v1.CancelPayoutResponse;
import io.s2s.sdk.v1.CreatePartnerEntryRequest;
import io.s2s.sdk.v1.CreatePartnerEntryResponse;
import io.s2s.sdk.v1.CreatePayoutRequest;
import io.s2s.sdk.v1.CreatePayoutResponse;
import io.s2s.sdk.v1.GetPartnerBalanceRequest;
import io.s2s.sdk.v1.GetPartnerBalanceResponse;
import io.s2s.sdk.v1.GetPayoutRequest;
import io.s2s.sdk.v1.GetPayoutResponse;
import io.s2s.sdk.v1.ListPartnerLinesRequest;
import io.s2s.sdk.v1.ListPartnerLinesResponse;
import io.s2s.sdk.v1.ListPayoutsRequest;
import io.s2s.sdk.v1.ListPayoutsResponse;
import io.s2s.sdk.v1.MarkPayoutPaidRequest;
import io.s2s.sdk.v1.MarkPayoutPaidResponse;
import io.s2s.sdk.v1.PartnerEntry;
import io.s2s.sdk.v1.PartnerLine;
import io.s2s.sdk.v1.Payout;
import io.s2s.sdk.v1.PayoutServiceGrpc;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

/** Says what partners are owed, and keeps what they were paid. */
public final class Payouts {
  private final Calls calls;

  Payouts(Calls calls) {
    this.calls = calls;
  }

  /**
   * Returns this service with a time limit for each of its calls: over all attempts of a call, for
   * each page of a list, and for a whole stream.
   */
  public Payouts withTimeout(Duration timeout) {
    return new Payouts(calls.withTimeout(timeout));
  }

  /**
   * Returns what a partner is owed now, by currency.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public GetPartnerBalanceResponse getPartnerBalance(Consumer<GetPartnerBalanceParams> params) {
    GetPartnerBalanceParams made = new GetPartnerBalanceParams();
    params.accept(made);
    return getPartnerBalance(made);
  }

  /**
   * Returns what a partner is owed now, by currency.
   *
   * @throws S2sException if the call fails
   */
  public GetPartnerBalanceResponse getPartnerBalance(GetPartnerBalanceParams params) {
    return calls.unary(PayoutServiceGrpc.getGetPartnerBalanceMethod(), params.toRequest());
  }

  /**
   * Returns what a partner is owed now, by currency.
   *
   * @throws S2sException if the call fails
   */
  public GetPartnerBalanceResponse getPartnerBalance() {
    return getPartnerBalance(new GetPartnerBalanceParams());
  }

  /**
   * Lists lines of a partner's ledger, newest first: all of them, those of a payout, or those that
   * are due and in no payout.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @param params sets the parameters
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<PartnerLine> listPartnerLines(Consumer<ListPartnerLinesParams> params) {
    ListPartnerLinesParams made = new ListPartnerLinesParams();
    params.accept(made);
    return listPartnerLines(made);
  }

  /**
   * Lists lines of a partner's ledger, newest first: all of them, those of a payout, or those that
   * are due and in no payout.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<PartnerLine> listPartnerLines(ListPartnerLinesParams params) {
    ListPartnerLinesRequest request = params.toRequest();
    return new Pages<>(
        token ->
            calls.unary(
                PayoutServiceGrpc.getListPartnerLinesMethod(),
                request.toBuilder().setPageToken(token).build()),
        ListPartnerLinesResponse::getLinesList,
        ListPartnerLinesResponse::getNextPageToken);
  }

  /**
   * Lists lines of a partner's ledger, newest first: all of them, those of a payout, or those that
   * are due and in no payout.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<PartnerLine> listPartnerLines() {
    return listPartnerLines(new ListPartnerLinesParams());
  }

  /**
   * Enters a bonus, a fee or a correction in the ledger of a partner.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public CreatePartnerEntryResponse createPartnerEntry(Consumer<CreatePartnerEntryParams> params) {
    CreatePartnerEntryParams made = new CreatePartnerEntryParams();
    params.accept(made);
    return createPartnerEntry(made);
  }

  /**
   * Enters a bonus, a fee or a correction in the ledger of a partner.
   *
   * @throws S2sException if the call fails
   */
  public CreatePartnerEntryResponse createPartnerEntry(CreatePartnerEntryParams params) {
    return calls.unary(PayoutServiceGrpc.getCreatePartnerEntryMethod(), params.toRequest());
  }

  /**
   * Creates a payout of all lines of a partner that are due. A dry run shows it; then the call with
   * {@code expectedTotal} creates it, unless another total is due by now.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public CreatePayoutResponse create(Consumer<CreateParams> params) {
    CreateParams made = new CreateParams();
    params.accept(made);
    return create(made);
  }

  /**
   * Creates a payout of all lines of a partner that are due. A dry run shows it; then the call with
   * {@code expectedTotal} creates it, unless another total is due by now.
   *
   * @throws S2sException if the call fails
   */
  public CreatePayoutResponse create(CreateParams params) {
    return calls.unary(PayoutServiceGrpc.getCreatePayoutMethod(), params.toRequest());
  }

  /**
   * Creates a payout of all lines of a partner that are due. A dry run shows it; then the call with
   * {@code expectedTotal} creates it, unless another total is due by now.
   *
   * @param partnerId Id of the partner, {@code partner_…}.
   * @throws S2sException if the call fails
   */
  public CreatePayoutResponse create(String partnerId) {
    return create(new CreateParams().partnerId(partnerId));
  }

  /**
   * Returns one payout.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public GetPayoutResponse get(Consumer<GetParams> params) {
    GetParams made = new GetParams();
    params.accept(made);
    return get(made);
  }

  /**
   * Returns one payout.
   *
   * @throws S2sException if the call fails
   */
  public GetPayoutResponse get(GetParams params) {
    return calls.unary(PayoutServiceGrpc.getGetPayoutMethod(), params.toRequest());
  }

  /**
   * Returns one payout.
   *
   * @param payoutId Id of the payout, {@code payout_…}.
   * @throws S2sException if the call fails
   */
  public GetPayoutResponse get(String payoutId) {
    return get(new GetParams().payoutId(payoutId));
  }

  /**
   * Lists payouts, newest first.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @param params sets the parameters
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Payout> list(Consumer<ListParams> params) {
    ListParams made = new ListParams();
    params.accept(made);
    return list(made);
  }

  /**
   * Lists payouts, newest first.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Payout> list(ListParams params) {
    ListPayoutsRequest request = params.toRequest();
    return new Pages<>(
        token ->
            calls.unary(
                PayoutServiceGrpc.getListPayoutsMethod(),
                request.toBuilder().setPageToken(token).build()),
        ListPayoutsResponse::getPayoutsList,
        ListPayoutsResponse::getNextPageToken);
  }

  /**
   * Lists payouts, newest first.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Payout> list() {
    return list(new ListParams());
  }

  /**
   * Notes that an open payout was paid. The same call again changes nothing.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public MarkPayoutPaidResponse markPayoutPaid(Consumer<MarkPayoutPaidParams> params) {
    MarkPayoutPaidParams made = new MarkPayoutPaidParams();
    params.accept(made);
    return markPayoutPaid(made);
  }

  /**
   * Notes that an open payout was paid. The same call again changes nothing.
   *
   * @throws S2sException if the call fails
   */
  public MarkPayoutPaidResponse markPayoutPaid(MarkPayoutPaidParams params) {
    return calls.unary(PayoutServiceGrpc.getMarkPayoutPaidMethod(), params.toRequest());
  }

  /**
   * Gives an open payout up: its lines are due again. Canceling a canceled payout changes nothing.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public CancelPayoutResponse cancel(Consumer<CancelParams> params) {
    CancelParams made = new CancelParams();
    params.accept(made);
    return cancel(made);
  }

  /**
   * Gives an open payout up: its lines are due again. Canceling a canceled payout changes nothing.
   *
   * @throws S2sException if the call fails
   */
  public CancelPayoutResponse cancel(CancelParams params) {
    return calls.unary(PayoutServiceGrpc.getCancelPayoutMethod(), params.toRequest());
  }

  /**
   * Gives an open payout up: its lines are due again. Canceling a canceled payout changes nothing.
   *
   * @param payoutId Id of the payout, {@code payout_…}.
   * @throws S2sException if the call fails
   */
  public CancelPayoutResponse cancel(String payoutId) {
    return cancel(new CancelParams().payoutId(payoutId));
  }

  /** The parameters of {@code getPartnerBalance}. */
  public static final class GetPartnerBalanceParams {
    private final GetPartnerBalanceRequest.Builder request = GetPartnerBalanceRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public GetPartnerBalanceParams() {}

    /**
     * Id of the partner, {@code partner_…}. May be empty for the key of a partner, which names its
     * own.
     */
    public GetPartnerBalanceParams partnerId(String partnerId) {
      request.setPartnerId(partnerId);
      return this;
    }

    GetPartnerBalanceRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code listPartnerLines}. */
  public static final class ListPartnerLinesParams {
    private final ListPartnerLinesRequest.Builder request = ListPartnerLinesRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ListPartnerLinesParams() {}

    /**
     * Id of the partner, {@code partner_…}. May be empty for the key of a partner, which names its
     * own.
     */
    public ListPartnerLinesParams partnerId(String partnerId) {
      request.setPartnerId(partnerId);
      return this;
    }

    /**
     * Maximum number of lines to return, 1 to 1,000. 0 means 50; larger values are read as 1,000. A
     * page has at most 3 MiB, so it may have fewer.
     */
    public ListPartnerLinesParams pageSize(int pageSize) {
      request.setPageSize(pageSize);
      return this;
    }

    /** Only the lines of this payout, sorted by {@code dueTime}. */
    public ListPartnerLinesParams payoutId(String payoutId) {
      request.setPayoutId(payoutId);
      return this;
    }

    /**
     * Only the lines that change what is approved and are in no payout, sorted by {@code dueTime}.
     * Can't be combined with {@code payoutId}.
     */
    public ListPartnerLinesParams unpaid(boolean unpaid) {
      request.setUnpaid(unpaid);
      return this;
    }

    ListPartnerLinesRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code createPartnerEntry}. */
  public static final class CreatePartnerEntryParams {
    private final CreatePartnerEntryRequest.Builder request =
        CreatePartnerEntryRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public CreatePartnerEntryParams() {}

    /** The entry. Output-only fields are ignored. Required. */
    public CreatePartnerEntryParams entry(PartnerEntry entry) {
      request.setEntry(entry);
      return this;
    }

    /**
     * Makes the call safe to repeat: the same request with the same request id returns the entry
     * that the first call created. Another request with this id is refused. 1 to 64 bytes. Example:
     * a UUID.
     */
    public CreatePartnerEntryParams requestId(String requestId) {
      request.setRequestId(requestId);
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public CreatePartnerEntryParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    CreatePartnerEntryRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code create}. */
  public static final class CreateParams {
    private final CreatePayoutRequest.Builder request = CreatePayoutRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public CreateParams() {}

    /** Id of the partner, {@code partner_…}. Required. */
    public CreateParams partnerId(String partnerId) {
      request.setPartnerId(partnerId);
      return this;
    }

    /**
     * Currency of the payout. Empty: the currency in which the partner is paid. Amounts are never
     * converted, so each currency has payouts of its own.
     */
    public CreateParams currencyCode(String currencyCode) {
      request.setCurrencyCode(currencyCode);
      return this;
    }

    /**
     * Lines that were due and recorded before this time are paid: those whose {@code dueTime} is
     * earlier than this time less the partner's {@code holdDays}. Of lines that take something
     * back, the time of recording does not count. Not set: now. A later time than now is refused.
     * For a partner with many sales a second, give a time some seconds ago, so that sales that are
     * being recorded change no total.
     */
    public CreateParams cutoffTime(Instant cutoffTime) {
      request.setCutoffTime(Times.message(cutoffTime));
      return this;
    }

    /**
     * The total that was seen, in the currency of the payout; mandatory unless {@code
     * validateOnly}. If another total is due, the call is refused with {@code PAYOUT_DIFFERS}, so
     * that nobody pays what nobody has seen.
     */
    public CreateParams expectedTotal(Money expectedTotal) {
      request.setExpectedTotal(expectedTotal.toMessage());
      return this;
    }

    /**
     * Makes the call safe to repeat: the same request with the same request id returns the payout
     * that the first call created. Another request with this id is refused. 1 to 64 bytes. Example:
     * a UUID.
     */
    public CreateParams requestId(String requestId) {
      request.setRequestId(requestId);
      return this;
    }

    /** If true, the payout is shown, but nothing is written. */
    public CreateParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    CreatePayoutRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code get}. */
  public static final class GetParams {
    private final GetPayoutRequest.Builder request = GetPayoutRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public GetParams() {}

    /** Id of the payout, {@code payout_…}. Required. */
    public GetParams payoutId(String payoutId) {
      request.setPayoutId(payoutId);
      return this;
    }

    GetPayoutRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code list}. */
  public static final class ListParams {
    private final ListPayoutsRequest.Builder request = ListPayoutsRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ListParams() {}

    /**
     * Maximum number of payouts to return, 1 to 1,000. 0 means 50; larger values are read as 1,000.
     * A page has at most 3 MiB, so it may have fewer.
     */
    public ListParams pageSize(int pageSize) {
      request.setPageSize(pageSize);
      return this;
    }

    /**
     * Only the payouts of this partner. The key of a partner sees its own, also if this is empty.
     */
    public ListParams partnerId(String partnerId) {
      request.setPartnerId(partnerId);
      return this;
    }

    ListPayoutsRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code markPayoutPaid}. */
  public static final class MarkPayoutPaidParams {
    private final MarkPayoutPaidRequest.Builder request = MarkPayoutPaidRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public MarkPayoutPaidParams() {}

    /** Id of the payout, {@code payout_…}. Required. */
    public MarkPayoutPaidParams payoutId(String payoutId) {
      request.setPayoutId(payoutId);
      return this;
    }

    /**
     * How it was paid, for people, 1 to 200 bytes, such as the number of a bank transfer. The
     * partner sees it. Required.
     */
    public MarkPayoutPaidParams reference(String reference) {
      request.setReference(reference);
      return this;
    }

    /** Time of the payment, not in the future. Not set: now. */
    public MarkPayoutPaidParams paidTime(Instant paidTime) {
      request.setPaidTime(Times.message(paidTime));
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public MarkPayoutPaidParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    MarkPayoutPaidRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code cancel}. */
  public static final class CancelParams {
    private final CancelPayoutRequest.Builder request = CancelPayoutRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public CancelParams() {}

    /** Id of the payout, {@code payout_…}. Required. */
    public CancelParams payoutId(String payoutId) {
      request.setPayoutId(payoutId);
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public CancelParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    CancelPayoutRequest toRequest() {
      return request.build();
    }
  }
}
