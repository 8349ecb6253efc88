// Generated from the schema by make generate. Do not edit.

package io.s2s.sdk;

import io.s2s.sdk.v1.ArchivePartnerRequest;
import io.s2s.sdk.v1.ArchivePartnerResponse;
import io.s2s.sdk.v1.CreatePartnerRequest;
import io.s2s.sdk.v1.CreatePartnerResponse;
import io.s2s.sdk.v1.GetPartnerRequest;
import io.s2s.sdk.v1.GetPartnerResponse;
import io.s2s.sdk.v1.ListPartnersRequest;
import io.s2s.sdk.v1.ListPartnersResponse;
import io.s2s.sdk.v1.Partner;
import io.s2s.sdk.v1.PartnerServiceGrpc;
import io.s2s.sdk.v1.UnarchivePartnerRequest;
import io.s2s.sdk.v1.UnarchivePartnerResponse;
import io.s2s.sdk.v1.UpdatePartnerRequest;
import io.s2s.sdk.v1.UpdatePartnerResponse;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Manages partners: those who are owed a share of conversions. A tracking link has at most one
 * partner. Its conversions are owed to this partner.
 */
public final class Partners {
  private final Calls calls;

  Partners(Calls calls) {
    this.calls = calls;
  }

  /**
   * Returns this service with a time limit for each of its calls: over all attempts of a call, for
   * each page of a list, and for a whole stream.
   */
  public Partners withTimeout(Duration timeout) {
    return new Partners(calls.withTimeout(timeout));
  }

  /**
   * Creates a partner.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public CreatePartnerResponse create(Consumer<CreateParams> params) {
    CreateParams made = new CreateParams();
    params.accept(made);
    return create(made);
  }

  /**
   * Creates a partner.
   *
   * @throws S2sException if the call fails
   */
  public CreatePartnerResponse create(CreateParams params) {
    return calls.unary(PartnerServiceGrpc.getCreatePartnerMethod(), params.toRequest());
  }

  /**
   * Returns one partner.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public GetPartnerResponse get(Consumer<GetParams> params) {
    GetParams made = new GetParams();
    params.accept(made);
    return get(made);
  }

  /**
   * Returns one partner.
   *
   * @throws S2sException if the call fails
   */
  public GetPartnerResponse get(GetParams params) {
    return calls.unary(PartnerServiceGrpc.getGetPartnerMethod(), params.toRequest());
  }

  /**
   * Returns one partner.
   *
   * @throws S2sException if the call fails
   */
  public GetPartnerResponse get() {
    return get(new GetParams());
  }

  /**
   * Lists the account's partners, newest first.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @param params sets the parameters
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Partner> list(Consumer<ListParams> params) {
    ListParams made = new ListParams();
    params.accept(made);
    return list(made);
  }

  /**
   * Lists the account's partners, newest first.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Partner> list(ListParams params) {
    ListPartnersRequest request = params.toRequest();
    return new Pages<>(
        token ->
            calls.unary(
                PartnerServiceGrpc.getListPartnersMethod(),
                request.toBuilder().setPageToken(token).build()),
        ListPartnersResponse::getPartnersList,
        ListPartnersResponse::getNextPageToken);
  }

  /**
   * Lists the account's partners, newest first.
   *
   * <p>Each page is fetched when it is reached.
   *
   * @return the items of all pages; reading them throws {@link S2sException} if a call fails
   */
  public Pages<Partner> list() {
    return list(new ListParams());
  }

  /**
   * Changes the fields that are given.
   *
   * <p>A field that is given can have its default value as well.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public UpdatePartnerResponse update(Consumer<UpdateParams> params) {
    UpdateParams made = new UpdateParams();
    params.accept(made);
    return update(made);
  }

  /**
   * Changes the fields that are given.
   *
   * <p>A field that is given can have its default value as well.
   *
   * @throws S2sException if the call fails
   */
  public UpdatePartnerResponse update(UpdateParams params) {
    return calls.unary(PartnerServiceGrpc.getUpdatePartnerMethod(), params.toRequest());
  }

  /**
   * Archives a partner: no further tracking link can be given to it. Its links still earn, until
   * they are archived, too. Archiving an archived partner changes nothing.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public ArchivePartnerResponse archive(Consumer<ArchiveParams> params) {
    ArchiveParams made = new ArchiveParams();
    params.accept(made);
    return archive(made);
  }

  /**
   * Archives a partner: no further tracking link can be given to it. Its links still earn, until
   * they are archived, too. Archiving an archived partner changes nothing.
   *
   * @throws S2sException if the call fails
   */
  public ArchivePartnerResponse archive(ArchiveParams params) {
    return calls.unary(PartnerServiceGrpc.getArchivePartnerMethod(), params.toRequest());
  }

  /**
   * Archives a partner: no further tracking link can be given to it. Its links still earn, until
   * they are archived, too. Archiving an archived partner changes nothing.
   *
   * @param partnerId Id of the partner, {@code partner_…}.
   * @throws S2sException if the call fails
   */
  public ArchivePartnerResponse archive(String partnerId) {
    return archive(new ArchiveParams().partnerId(partnerId));
  }

  /**
   * Makes an archived partner active again. Unarchiving an active partner changes nothing.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public UnarchivePartnerResponse unarchive(Consumer<UnarchiveParams> params) {
    UnarchiveParams made = new UnarchiveParams();
    params.accept(made);
    return unarchive(made);
  }

  /**
   * Makes an archived partner active again. Unarchiving an active partner changes nothing.
   *
   * @throws S2sException if the call fails
   */
  public UnarchivePartnerResponse unarchive(UnarchiveParams params) {
    return calls.unary(PartnerServiceGrpc.getUnarchivePartnerMethod(), params.toRequest());
  }

  /**
   * Makes an archived partner active again. Unarchiving an active partner changes nothing.
   *
   * @param partnerId Id of the partner, {@code partner_…}.
   * @throws S2sException if the call fails
   */
  public UnarchivePartnerResponse unarchive(String partnerId) {
    return unarchive(new UnarchiveParams().partnerId(partnerId));
  }

  /** The parameters of {@code create}. */
  public static final class CreateParams {
    private final CreatePartnerRequest.Builder request = CreatePartnerRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public CreateParams() {}

    /** Name for people, 1 to 100 characters. Example: {@code Blog of Ada}. Required. */
    public CreateParams name(String name) {
      partner().setName(name);
      return this;
    }

    /**
     * The merchant's own id of the partner, at most 64 bytes, unique in the account. Compared byte
     * by byte. Example: {@code aff-17}.
     */
    public CreateParams externalId(String externalId) {
      partner().setExternalId(externalId);
      return this;
    }

    /**
     * How the partner is paid, for people, at most 1,000 bytes. Example: the name and number of a
     * bank account.
     */
    public CreateParams payee(String payee) {
      partner().setPayee(payee);
      return this;
    }

    /**
     * The least amount that is paid out, and the currency in which the partner is paid. Not set:
     * any amount, in any currency. Not negative.
     */
    public CreateParams minimumPayout(Money minimumPayout) {
      partner().setMinimumPayout(minimumPayout.toMessage());
      return this;
    }

    /**
     * Number of days after a conversion for which what is owed for it is held back, 0 to 400. So
     * refunds come before the payout.
     */
    public CreateParams holdDays(int holdDays) {
      partner().setHoldDays(holdDays);
      return this;
    }

    /**
     * Number of days after its recording at which a pending conversion is approved by itself, 1 to
     * 400. 0: never. A change applies to all pending conversions, also to those that are recorded
     * already.
     */
    public CreateParams approveAfterDays(int approveAfterDays) {
      partner().setApproveAfterDays(approveAfterDays);
      return this;
    }

    /**
     * Makes the call safe to repeat: the same request with the same request id returns the partner
     * that the first call created. Another request with this id is refused. 1 to 64 bytes. Example:
     * a UUID.
     */
    public CreateParams requestId(String requestId) {
      request.setRequestId(requestId);
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public CreateParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    private Partner.Builder partner() {
      return request.getPartnerBuilder();
    }

    CreatePartnerRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code get}. */
  public static final class GetParams {
    private final GetPartnerRequest.Builder request = GetPartnerRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public GetParams() {}

    /**
     * Id of the partner, {@code partner_…}. May be empty for the key of a partner, which names its
     * own.
     */
    public GetParams partnerId(String partnerId) {
      request.setPartnerId(partnerId);
      return this;
    }

    GetPartnerRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code list}. */
  public static final class ListParams {
    private final ListPartnersRequest.Builder request = ListPartnersRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ListParams() {}

    /**
     * Maximum number of partners to return, 1 to 1,000. 0 means 50; larger values are read as
     * 1,000. A page has at most 3 MiB, so it may have fewer.
     */
    public ListParams pageSize(int pageSize) {
      request.setPageSize(pageSize);
      return this;
    }

    /** If true, archived partners are listed as well. */
    public ListParams showArchived(boolean showArchived) {
      request.setShowArchived(showArchived);
      return this;
    }

    ListPartnersRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code update}. */
  public static final class UpdateParams {
    private final UpdatePartnerRequest.Builder request = UpdatePartnerRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public UpdateParams() {}

    /** Id of the partner. Example: {@code partner_01jd8x4k2m9v6t3q5r7w8y0z1a}. Required. */
    public UpdateParams id(String id) {
      partner().setId(id);
      return this;
    }

    /** Name for people, 1 to 100 characters. Example: {@code Blog of Ada}. */
    public UpdateParams name(String name) {
      partner().setName(name);
      Requests.addPath(request.getUpdateMaskBuilder(), "name");
      return this;
    }

    /**
     * The merchant's own id of the partner, at most 64 bytes, unique in the account. Compared byte
     * by byte. Example: {@code aff-17}.
     */
    public UpdateParams externalId(String externalId) {
      partner().setExternalId(externalId);
      Requests.addPath(request.getUpdateMaskBuilder(), "external_id");
      return this;
    }

    /**
     * How the partner is paid, for people, at most 1,000 bytes. Example: the name and number of a
     * bank account.
     */
    public UpdateParams payee(String payee) {
      partner().setPayee(payee);
      Requests.addPath(request.getUpdateMaskBuilder(), "payee");
      return this;
    }

    /**
     * The least amount that is paid out, and the currency in which the partner is paid. Not set:
     * any amount, in any currency. Not negative.
     */
    public UpdateParams minimumPayout(Money minimumPayout) {
      partner().setMinimumPayout(minimumPayout.toMessage());
      Requests.addPath(request.getUpdateMaskBuilder(), "minimum_payout");
      return this;
    }

    /**
     * Clears the field: the least amount that is paid out, and the currency in which the partner is
     * paid. Not set: any amount, in any currency. Not negative.
     */
    public UpdateParams clearMinimumPayout() {
      partner().clearMinimumPayout();
      Requests.addPath(request.getUpdateMaskBuilder(), "minimum_payout");
      return this;
    }

    /**
     * Number of days after a conversion for which what is owed for it is held back, 0 to 400. So
     * refunds come before the payout.
     */
    public UpdateParams holdDays(int holdDays) {
      partner().setHoldDays(holdDays);
      Requests.addPath(request.getUpdateMaskBuilder(), "hold_days");
      return this;
    }

    /**
     * Number of days after its recording at which a pending conversion is approved by itself, 1 to
     * 400. 0: never. A change applies to all pending conversions, also to those that are recorded
     * already.
     */
    public UpdateParams approveAfterDays(int approveAfterDays) {
      partner().setApproveAfterDays(approveAfterDays);
      Requests.addPath(request.getUpdateMaskBuilder(), "approve_after_days");
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public UpdateParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    private Partner.Builder partner() {
      return request.getPartnerBuilder();
    }

    UpdatePartnerRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code archive}. */
  public static final class ArchiveParams {
    private final ArchivePartnerRequest.Builder request = ArchivePartnerRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public ArchiveParams() {}

    /** Id of the partner, {@code partner_…}. Required. */
    public ArchiveParams partnerId(String partnerId) {
      request.setPartnerId(partnerId);
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public ArchiveParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    ArchivePartnerRequest toRequest() {
      return request.build();
    }
  }

  /** The parameters of {@code unarchive}. */
  public static final class UnarchiveParams {
    private final UnarchivePartnerRequest.Builder request = UnarchivePartnerRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public UnarchiveParams() {}

    /** Id of the partner, {@code partner_…}. Required. */
    public UnarchiveParams partnerId(String partnerId) {
      request.setPartnerId(partnerId);
      return this;
    }

    /** If true, the request is checked and answered as if real, but nothing is written. */
    public UnarchiveParams validateOnly(boolean validateOnly) {
      request.setValidateOnly(validateOnly);
      return this;
    }

    UnarchivePartnerRequest toRequest() {
      return request.build();
    }
  }
}
