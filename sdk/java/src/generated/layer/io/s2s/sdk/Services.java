// Generated from the schema by make generate. Do not edit.

package io.s2s.sdk;

/** The services, as members of the client. */
abstract class Services {
  private final Accounts accounts;
  private final Adjustments adjustments;
  private final ApiKeys apiKeys;
  private final Clicks clicks;
  private final ConversionCodes conversionCodes;
  private final Conversions conversions;
  private final Partners partners;
  private final Payouts payouts;
  private final Postbacks postbacks;
  private final Presets presets;
  private final Reports reports;
  private final Statements statements;
  private final TrackingLinks trackingLinks;

  Services(Calls calls) {
    accounts = new Accounts(calls);
    adjustments = new Adjustments(calls);
    apiKeys = new ApiKeys(calls);
    clicks = new Clicks(calls);
    conversionCodes = new ConversionCodes(calls);
    conversions = new Conversions(calls);
    partners = new Partners(calls);
    payouts = new Payouts(calls);
    postbacks = new Postbacks(calls);
    presets = new Presets(calls);
    reports = new Reports(calls);
    statements = new Statements(calls);
    trackingLinks = new TrackingLinks(calls);
  }

  /**
   * Manages the accounts of an installation. The resources of one account do not exist for another.
   */
  public Accounts accounts() {
    return accounts;
  }

  /**
   * Changes what a recorded conversion stands at, and lists these changes. The conversion itself
   * stays as it was recorded; each change is a line after it.
   */
  public Adjustments adjustments() {
    return adjustments;
  }

  /**
   * Manages API keys. A caller sends the text of its key with every call, as {@code authorization:
   * Bearer} and the text. A key acts for one account and may do only what its scopes allow.
   *
   * <p>A key with the scope {@code admin} manages the keys of all accounts. Any other key manages
   * only keys of its own account, and only those whose scopes it has itself, so that no caller can
   * gain more access than it was given.
   */
  public ApiKeys apiKeys() {
    return apiKeys;
  }

  /**
   * Records, reads and explains clicks. A click is one visit to a tracking link. Also erases
   * visitors, and rotates the keys of click ids.
   */
  public Clicks clicks() {
    return clicks;
  }

  /** Manages conversion codes: one for each kind of conversion that a merchant reports. */
  public ConversionCodes conversionCodes() {
    return conversionCodes;
  }

  /** Records and reads conversions: the sales and sign-ups that follow clicks. */
  public Conversions conversions() {
    return conversions;
  }

  /**
   * Manages partners: those who are owed a share of conversions. A tracking link has at most one
   * partner. Its conversions are owed to this partner.
   */
  public Partners partners() {
    return partners;
  }

  /** Says what partners are owed, and keeps what they were paid. */
  public Payouts payouts() {
    return payouts;
  }

  /**
   * Lists, replays and explains postbacks: the stored requests that arrived at {@code /s2s}, with
   * their outcomes. {@code ConversionService.RecordConversion} receives them.
   */
  public Postbacks postbacks() {
    return postbacks;
  }

  /**
   * Reads presets: the names and macros that each network uses, so that nobody has to look them up.
   * Presets are the same for every account; they come with the server and can't be changed.
   */
  public Presets presets() {
    return presets;
  }

  /**
   * Adds up clicks and conversions. What is recorded is in the next report, exact to the millionth,
   * in every time zone. What retention and the erasure of visitors delete changes no report.
   */
  public Reports reports() {
    return reports;
  }

  /** Compares the statements of networks with our conversions, row by row. */
  public Statements statements() {
    return statements;
  }

  /** Manages tracking links: the URLs that visitors click. */
  public TrackingLinks trackingLinks() {
    return trackingLinks;
  }
}
