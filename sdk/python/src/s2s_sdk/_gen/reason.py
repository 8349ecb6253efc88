"""The reasons of errors. Generated: not to be edited."""

from __future__ import annotations

from enum import Enum

from s2s_sdk import v1


class Reason(str, Enum):
    """The reason of a failed call or a held postback.

    Each value has its cause and cure in its `__doc__`, and equals its text:
    `Reason.MACRO_NOT_REPLACED == "MACRO_NOT_REPLACED"`.
    """

    _value_: str

    def __new__(cls, text: str, doc: str = "") -> Reason:
        reason = str.__new__(cls, text)
        reason._value_ = text
        reason.__doc__ = doc
        return reason

    def __str__(self) -> str:
        return str.__str__(self)

    @classmethod
    def of(cls, number: v1.ErrorReason.ValueType) -> Reason:
        """Returns the reason for a number in a message, such as the `reason` of a postback."""
        try:
            return cls(v1.ErrorReason.Name(number).removeprefix("ERROR_REASON_"))
        except ValueError:
            return cls.UNKNOWN

    UNKNOWN = ("UNKNOWN", ("The failure has no reason, or a reason that is newer than this client."))
    PARAMETER_MISSING = (
        "PARAMETER_MISSING",
        (
            "Cause: a mandatory parameter or field is absent or empty; the message names it. Cure: add it. "
            "INVALID_ARGUMENT, HTTP 400. Holds postbacks."
        ),
    )
    MACRO_NOT_REPLACED = (
        "MACRO_NOT_REPLACED",
        (
            "Cause: a parameter still holds a macro such as `{clickid}`: the network did not replace it. Cure: "
            "use the macro name that this network documents, in its exact spelling and case. INVALID_ARGUMENT, "
            "HTTP 400. Holds postbacks."
        ),
    )
    PARAMETER_REPEATED = (
        "PARAMETER_REPEATED",
        (
            "Cause: a parameter occurs twice with different values. Cure: send it once. INVALID_ARGUMENT, HTTP "
            "400. Holds postbacks."
        ),
    )
    PARAMETER_MALFORMED = (
        "PARAMETER_MALFORMED",
        (
            "Cause: a parameter is malformed, for example by broken percent-encoding or an over-long text. Cure: "
            "correct the parameter as the message says. INVALID_ARGUMENT, HTTP 400. Holds postbacks."
        ),
    )
    AMOUNT_MALFORMED = (
        "AMOUNT_MALFORMED",
        (
            "Cause: an amount or percent is not a plain decimal number, for example `1e3` or `NaN`. Cure: send "
            "digits with at most one decimal point. INVALID_ARGUMENT, HTTP 400. Holds postbacks."
        ),
    )
    AMOUNT_AMBIGUOUS = (
        "AMOUNT_AMBIGUOUS",
        (
            "Cause: an amount can be read in two ways, for example `1,500` or `1.500`. Cure: send two decimals "
            "and no thousands separators, such as `1500.00`, or set `decimal_separator` of the conversion code "
            "and replay. INVALID_ARGUMENT, HTTP 400. Holds postbacks."
        ),
    )
    AMOUNT_OUT_OF_RANGE = (
        "AMOUNT_OUT_OF_RANGE",
        (
            "Cause: an amount is negative or larger than the limit, or a percent is over 100. Cure: send a value "
            "within the limits. INVALID_ARGUMENT, HTTP 400. Holds postbacks."
        ),
    )
    CURRENCY_INVALID = (
        "CURRENCY_INVALID",
        (
            "Cause: a currency is not an ISO 4217 code, or value and commission have different currencies. Cure: "
            "send one three-letter code. INVALID_ARGUMENT, HTTP 400. Holds postbacks."
        ),
    )
    STATUS_UNKNOWN = (
        "STATUS_UNKNOWN",
        (
            "Cause: the `status` word is neither one of ours nor one of the conversion code's preset. Cure: send "
            "`pending`, `approved` or `declined`; or set the code's `preset_id` to the network that sends this "
            "word, then replay. INVALID_ARGUMENT, HTTP 400. Holds postbacks."
        ),
    )
    REQUEST_TOO_LARGE = (
        "REQUEST_TOO_LARGE",
        (
            "Cause: the request line, the body or the number of parameters is over the limit. Cure: send less: a "
            "postback may have 8 KiB of URL, 8 KiB of body and 64 parameters. OUT_OF_RANGE, HTTP 414. Holds "
            "postbacks."
        ),
    )
    CLICK_ID_INVALID = (
        "CLICK_ID_INVALID",
        (
            "Cause: the click id was not minted here, was cut or changed on its way, or belongs to another "
            "account. Cure: pass the id on exactly as it came in the destination URL. INVALID_ARGUMENT, HTTP 400."
            " Holds postbacks."
        ),
    )
    CONVERSION_CODE_UNKNOWN = (
        "CONVERSION_CODE_UNKNOWN",
        (
            "Cause: no conversion code has this id. Cure: copy the id from the postback URL that the system "
            "rendered. NOT_FOUND, HTTP 404. Holds postbacks."
        ),
    )
    ATTRIBUTION_WINDOW_PASSED = (
        "ATTRIBUTION_WINDOW_PASSED",
        (
            "Cause: the conversion happened after the attribution window of its code. Cure: lengthen the window, "
            "then replay. FAILED_PRECONDITION, HTTP 422. Holds postbacks."
        ),
    )
    CLICK_LATER_THAN_CONVERSION = (
        "CLICK_LATER_THAN_CONVERSION",
        (
            "Cause: the reported conversion time is before the click. Cure: correct the conversion time or the "
            "sender's clock. FAILED_PRECONDITION, HTTP 422."
        ),
    )
    CODE_NOT_ON_LINK = (
        "CODE_NOT_ON_LINK",
        (
            "Cause: the click came over a tracking link that does not have this conversion code. Cure: add the "
            "code to the link, then replay. FAILED_PRECONDITION, HTTP 422. Holds postbacks."
        ),
    )
    CONVERSION_CODE_ARCHIVED = (
        "CONVERSION_CODE_ARCHIVED",
        (
            "Cause: the conversion code was already archived when the postback arrived. Cure: use an active code,"
            " or make this one active again and replay. FAILED_PRECONDITION, HTTP 422. Holds postbacks."
        ),
    )
    TRACKING_LINK_ARCHIVED = (
        "TRACKING_LINK_ARCHIVED",
        (
            "Cause: the click came after the tracking link was archived; for a visitor also: the link has expired"
            " and has no fallback destination. Cure: use an active link, or make this one active again and "
            "replay. FAILED_PRECONDITION, HTTP 422. Holds postbacks."
        ),
    )
    TRANSACTION_CONFLICT = (
        "TRANSACTION_CONFLICT",
        (
            "Cause: this click, code and transaction id are already recorded with other amounts, and a recorded "
            "conversion never changes. Cure: send the same amounts, or give another sale a transaction id of its "
            "own. ALREADY_EXISTS, HTTP 409. Holds postbacks."
        ),
    )
    FIELD_INVALID = (
        "FIELD_INVALID",
        (
            "Cause: a field of the request has a wrong value; `BadRequest` lists all such fields. Cure: correct "
            "the fields that it names. INVALID_ARGUMENT, HTTP 400."
        ),
    )
    RESOURCE_NOT_FOUND = (
        "RESOURCE_NOT_FOUND",
        ("Cause: this account has nothing with this id. Cure: check the id. NOT_FOUND, HTTP 404."),
    )
    SLUG_TAKEN = (
        "SLUG_TAKEN",
        (
            "Cause: another tracking link has this slug. Cure: choose another, or send none, and the server "
            "chooses one. ALREADY_EXISTS, HTTP 409."
        ),
    )
    REQUEST_ID_REUSED = (
        "REQUEST_ID_REUSED",
        (
            "Cause: this request id was used for a request with other contents. Cure: use a new request id for a "
            "new request. ALREADY_EXISTS, HTTP 409."
        ),
    )
    CLICK_ID_MACRO_MISSING = (
        "CLICK_ID_MACRO_MISSING",
        (
            "Cause: a link with a conversion code has no `[s2sidentifier]` in the path or query of its "
            "destination, so no click id would reach the merchant. Cure: add `name=[s2sidentifier]` to the "
            "destination. INVALID_ARGUMENT, HTTP 400."
        ),
    )
    PAGE_TOKEN_INVALID = (
        "PAGE_TOKEN_INVALID",
        (
            "Cause: the page token does not belong to this list, or the filter changed between pages. Cure: start"
            " again without a token. INVALID_ARGUMENT, HTTP 400."
        ),
    )
    EDGE_ONLY = (
        "EDGE_ONLY",
        (
            "Cause: the call is open to edges of this installation only. Cure: use the public call instead; an "
            "edge needs a key with the scope `edge`. PERMISSION_DENIED, HTTP 403."
        ),
    )
    OVERLOADED = (
        "OVERLOADED",
        (
            "Cause: the server has too much work: more writes wait, more requests are in progress or arriving, or"
            " a list takes longer than it allows. Cure: send again after the delay in `RetryInfo` (HTTP: `Retry-"
            "After`). UNAVAILABLE, HTTP 503. Refuses postbacks."
        ),
    )
    UNAVAILABLE = (
        "UNAVAILABLE",
        (
            "Cause: the database did not answer, the server is starting or stopping, or a stream without an API "
            "key has reached its time limit. Cure: send again. UNAVAILABLE, HTTP 503. Refuses postbacks."
        ),
    )
    DEADLINE_EXCEEDED = (
        "DEADLINE_EXCEEDED",
        (
            "Cause: the deadline passed before there was an answer; the call may or may not have taken effect. "
            "Cure: send again; a repeated write counts once. DEADLINE_EXCEEDED, HTTP 504."
        ),
    )
    INTERNAL = (
        "INTERNAL",
        (
            "Cause: an internal fault, which is logged with the postback or request. Cure: send again; report it "
            "if it persists. INTERNAL, HTTP 500. Refuses postbacks."
        ),
    )
    FRAGMENT_CUT_OFF = (
        "FRAGMENT_CUT_OFF",
        (
            "Cause: the URL ends at a parameter without a value, and others are missing: probably a macro "
            "containing `#` was not replaced, so that the sender's program cut off everything from `#` on. Cure: "
            "use the macro that the sender documents, or write `#` as `%23`. INVALID_ARGUMENT, HTTP 400. Holds "
            "postbacks."
        ),
    )
    METHOD_UNKNOWN = (
        "METHOD_UNKNOWN",
        (
            "Cause: the server has no such service or method, or a stream was called in JSON. Cure: check the "
            "name, and that client and server are of the same version; call a stream with gRPC or gRPC-web, such "
            "as with `watch` of an SDK or with `s2s tail`. UNIMPLEMENTED, HTTP 501."
        ),
    )
    BROWSER_CALL = (
        "BROWSER_CALL",
        (
            "Cause: a person's browser called the postback URL, from a page or by opening it. Cure: let the "
            "merchant's server call it; to try the URL, add `&test=1`; if the sale is real, replay the postback. "
            "FAILED_PRECONDITION, HTTP 422. Holds postbacks."
        ),
    )
    PREVIEW_CALL = (
        "PREVIEW_CALL",
        (
            "Cause: the call is no report of a sale, but a browser's prefetch, the preview of a link in a "
            "message, or a search engine; nothing is kept. Cure: let the merchant's server call it. "
            "PERMISSION_DENIED, HTTP 403. Ignores postbacks."
        ),
    )
    TRACKING_LINK_UNKNOWN = (
        "TRACKING_LINK_UNKNOWN",
        (
            "Cause: the click id is genuine, but its tracking link is not in this database: it was created "
            "elsewhere and has not arrived yet, or it is lost. Cure: wait: for 7 days the postback is matched "
            "automatically once the link arrives; after that, replay it. FAILED_PRECONDITION, HTTP 422. Holds "
            "postbacks."
        ),
    )
    API_KEY_MISSING = (
        "API_KEY_MISSING",
        (
            "Cause: the call came without an API key. Cure: send the header `authorization` with `Bearer` and the"
            " key. UNAUTHENTICATED, HTTP 401."
        ),
    )
    API_KEY_INVALID = (
        "API_KEY_INVALID",
        (
            "Cause: the API key is mistyped, unknown, expired or revoked, or its overlap after a rotation is "
            "over; the message says which, as far as it is known. Cure: send the key exactly as it was shown, or "
            "get a new one from `CreateApiKey`. UNAUTHENTICATED, HTTP 401."
        ),
    )
    SCOPE_MISSING = (
        "SCOPE_MISSING",
        (
            "Cause: the API key is valid, but lacks the scope that the call needs; the message names it. Cure: "
            "use a key that has this scope. PERMISSION_DENIED, HTTP 403."
        ),
    )
    API_KEY_ENDED = (
        "API_KEY_ENDED",
        ("Cause: the API key to rotate is revoked or expired. Cure: create a new one. FAILED_PRECONDITION, HTTP 422."),
    )
    SECRET_REFUSED = (
        "SECRET_REFUSED",
        (
            "Cause: the conversion code checks secrets, and `sec` is absent, matches none of the code's secrets, "
            "or is a former secret whose overlap is over. Cure: put the secret into the postback URL as `sec`; if"
            " it is lost, make a new one with `RotatePostbackSecret`. UNAUTHENTICATED, HTTP 401. Holds postbacks."
        ),
    )
    SIGNATURE_REFUSED = (
        "SIGNATURE_REFUSED",
        (
            "Cause: the conversion code checks signatures, and `sig` is absent, not at the end of the URL, or "
            "does not match what was sent. Cure: sign the query as it is sent, with the code's secret, and put "
            "`&sig=` last. UNAUTHENTICATED, HTTP 401. Holds postbacks."
        ),
    )
    TIMESTAMP_REFUSED = (
        "TIMESTAMP_REFUSED",
        (
            "Cause: the signature is right, but `ts` is absent, malformed, or more than 300 seconds off; in the "
            "last case the sender's clock is wrong, or an old call was sent again. Cure: sign again with the "
            "current time in seconds since 1970 UTC. UNAUTHENTICATED, HTTP 401. Holds postbacks."
        ),
    )
    ADDRESS_REFUSED = (
        "ADDRESS_REFUSED",
        (
            "Cause: the conversion code does not allow the sender's address. Cure: if the sender is the merchant,"
            " add the address to `allowed_addresses`. PERMISSION_DENIED, HTTP 403. Holds postbacks."
        ),
    )
    HTTPS_REQUIRED = (
        "HTTPS_REQUIRED",
        (
            "Cause: the conversion code accepts postbacks over HTTPS only. Cure: call the `https://` URL. "
            "PERMISSION_DENIED, HTTP 403. Holds postbacks."
        ),
    )
    RATE_LIMITED = (
        "RATE_LIMITED",
        (
            "Cause: this address, or this API key, sent more requests within a second than the operator allows. "
            "Cure: send again after the delay in `RetryInfo` (HTTP: `Retry-After`), and more slowly. "
            "RESOURCE_EXHAUSTED, HTTP 429. Refuses postbacks."
        ),
    )
    COMPRESSION_UNSUPPORTED = (
        "COMPRESSION_UNSUPPORTED",
        (
            "Cause: the message of a gRPC call is compressed, which this server does not support. Cure: send it "
            "uncompressed. UNIMPLEMENTED, HTTP 501."
        ),
    )
    ORIGIN_REFUSED = (
        "ORIGIN_REFUSED",
        (
            "Cause: the server runs without API keys, and the call came from a web page of another origin, or was"
            " addressed to a host that is not this machine. Cure: call it from a program, or from a page of its "
            "own origin; for pages, start the server with API keys. PERMISSION_DENIED, HTTP 403."
        ),
    )
    CLOCK_WRONG = (
        "CLOCK_WRONG",
        (
            "Cause: the time inside an id is more than three years before or after the core's time, because the "
            "clock of the edge that made the id was wrong. Cure: correct the edge's clock. FAILED_PRECONDITION, "
            "HTTP 422. Holds postbacks."
        ),
    )
    CLICK_TOO_OLD = (
        "CLICK_TOO_OLD",
        (
            "Cause: the click is older than conversions are retained, so an earlier count of the conversion can't"
            " be ruled out. Cure: if the conversion was never counted, the operator raises `--retain-conversions-"
            "days`. FAILED_PRECONDITION, HTTP 422. Holds postbacks."
        ),
    )
    CLICK_ID_KEY_ENDED = (
        "CLICK_ID_KEY_ENDED",
        (
            "Cause: the key that signed the click id was replaced and its overlap is over, and the click is not "
            "stored here. Cure: if the id is forged, there is no cure; otherwise wait: for 7 days the postback is"
            " matched automatically once the click arrives from an edge's spool; after that, replay it. "
            "FAILED_PRECONDITION, HTTP 422. Holds postbacks."
        ),
    )
    CLICK_ID_KEYS_USED_UP = (
        "CLICK_ID_KEYS_USED_UP",
        (
            "Cause: the installation has had 255 click id keys, and a click id has no room for another number. "
            "Cure: keep the newest key; if that key was stolen, set up a new installation, which has keys of its "
            "own. FAILED_PRECONDITION, HTTP 422."
        ),
    )
    SHED = (
        "SHED",
        (
            "Cause: the postback does not count, nothing shows that its sender is honest, and more such postbacks"
            " came than are kept: nothing of this one is stored. Cure: correct the URL (the message says for "
            "which reason the postback would have been held), then send it again after the delay in `RetryInfo` "
            "(HTTP: `Retry-After`). RESOURCE_EXHAUSTED, HTTP 429. Refuses postbacks."
        ),
    )
    REDIRECT_LOOP = (
        "REDIRECT_LOOP",
        (
            "Cause: the destination of the tracking link leads back to a tracking link of this installation, and "
            "the visitor has come back too often within a minute. Cure: change the destination of one of these "
            "links. FAILED_PRECONDITION, HTTP 422."
        ),
    )
    RESUME_TOKEN_INVALID = (
        "RESUME_TOKEN_INVALID",
        (
            "Cause: the resume token is malformed: the server has not made it, only a part of it came, or "
            "something is around it, such as the line feed of the file that it was read from. Cure: send the "
            "token of the last message as it came, or none to begin with what happens from now on. "
            "INVALID_ARGUMENT, HTTP 400."
        ),
    )
    RESUME_TOKEN_TOO_OLD = (
        "RESUME_TOKEN_TOO_OLD",
        (
            "Cause: the server has deleted events behind the resume token: it keeps them for 7 days; or the "
            "database was restored to a time before the token. Cure: list what was recorded since the last "
            "message, and begin a new stream without a token. OUT_OF_RANGE, HTTP 400."
        ),
    )
    REFUND_TOO_LARGE = (
        "REFUND_TOO_LARGE",
        (
            "Cause: a refund is larger than what is left of the conversion's value. Cure: refund at most the "
            "present value of the conversion, or reverse the conversion. FAILED_PRECONDITION, HTTP 422. Holds "
            "postbacks."
        ),
    )
    STATUS_TRANSITION = (
        "STATUS_TRANSITION",
        (
            "Cause: the conversion is declined, and only a restatement with a status and a commission makes it "
            "pending or approved again. Cure: restate it with a status and a commission if it is to count after "
            "all. FAILED_PRECONDITION, HTTP 422."
        ),
    )
    ADJUSTMENT_CONFLICT = (
        "ADJUSTMENT_CONFLICT",
        (
            "Cause: another adjustment of this conversion was recorded under this external id. Cure: send the "
            "same change again, or give another change an external id of its own. ALREADY_EXISTS, HTTP 409. Holds"
            " postbacks."
        ),
    )
    ORDER_AMBIGUOUS = (
        "ORDER_AMBIGUOUS",
        (
            "Cause: the order id has several conversions in this account, so it names none of them. Cure: name "
            "the conversion by its id, or add the id of its conversion code. FAILED_PRECONDITION, HTTP 422."
        ),
    )
    ADJUSTMENTS_USED_UP = (
        "ADJUSTMENTS_USED_UP",
        (
            "Cause: the conversion has had 1,000 adjustments, and takes no more. Cure: check the program that "
            "adjusts it; a conversion seldom has more than three adjustments. FAILED_PRECONDITION, HTTP 422. "
            "Holds postbacks."
        ),
    )
    APPROVAL_AFTER_DECLINE = (
        "APPROVAL_AFTER_DECLINE",
        (
            "Cause: the postback approves a conversion that stands as declined: a late retry of an earlier "
            "postback, or a change of mind. Cure: if it is to count after all, restate the conversion with a "
            "status and a commission; else nothing. FAILED_PRECONDITION, HTTP 202. Holds postbacks."
        ),
    )
    REFUND_ID_MISSING = (
        "REFUND_ID_MISSING",
        (
            "Cause: the postback refunds a part of a sale and has no id of the refund, so a retry of it could not"
            " be told from another refund. Cure: send an id of the refund as `rid`, or refund the conversion with"
            " an adjustment. INVALID_ARGUMENT, HTTP 400. Holds postbacks."
        ),
    )
    CONVERSION_NOT_RECORDED = (
        "CONVERSION_NOT_RECORDED",
        (
            "Cause: the postback refunds a sale, and no conversion with its click, code and order id is recorded."
            " Cure: nothing if the sale is still to come: the refund is counted once it is there, for 7 days; "
            "else send the click id and the order id of the sale. NOT_FOUND, HTTP 202. Holds postbacks."
        ),
    )
    UPDATES_OFF = (
        "UPDATES_OFF",
        (
            "Cause: the postback refunds a sale, and the code's `update_policy` is `NONE`. Cure: set the code's "
            "`update_policy`, then replay; or refund the conversion with an adjustment. FAILED_PRECONDITION, HTTP"
            " 422. Holds postbacks."
        ),
    )
    ORDER_OF_ANOTHER_CLICK = (
        "ORDER_OF_ANOTHER_CLICK",
        (
            "Cause: the order id is recorded for the code with another click, and the code's `transaction_scope` "
            "counts an order once, whatever its click. Cure: send each sale with an order id of its own; a sale "
            "that several clicks led to counts for the first. ALREADY_EXISTS, HTTP 409. Holds postbacks."
        ),
    )
    EXTERNAL_ID_TAKEN = (
        "EXTERNAL_ID_TAKEN",
        (
            "Cause: another partner of this account has this external id. Cure: give the partner another one. "
            "ALREADY_EXISTS, HTTP 409."
        ),
    )
    PAYOUT_DIFFERS = (
        "PAYOUT_DIFFERS",
        (
            "Cause: another total is due than the `expected_total` of the payout; the message names both. Cure: "
            "look at the payout again with `validate_only`, and send its total. FAILED_PRECONDITION, HTTP 422."
        ),
    )
    PAYOUT_TOO_SMALL = (
        "PAYOUT_TOO_SMALL",
        (
            "Cause: nothing is due to the partner in this currency, or less than its `minimum_payout`, or it owes"
            " something itself after refunds. Cure: nothing: what is due stays in the ledger, and a later payout "
            "takes it. FAILED_PRECONDITION, HTTP 422."
        ),
    )
    PAYOUT_ENDED = (
        "PAYOUT_ENDED",
        (
            "Cause: the payout was paid or is canceled, and never changes again. Cure: correct it with an entry "
            "in the partner's ledger, which the next payout takes. FAILED_PRECONDITION, HTTP 422."
        ),
    )
    STATEMENT_CLOSED = (
        "STATEMENT_CLOSED",
        (
            "Cause: the statement is being compared or is complete, and takes no more rows. Cure: nothing if all "
            "rows were added; otherwise delete the statement, and create it anew. FAILED_PRECONDITION, HTTP 422."
        ),
    )
    STATEMENT_INCOMPLETE = (
        "STATEMENT_INCOMPLETE",
        (
            "Cause: the statement is not compared yet, so nothing can be done about its rows. Cure: call "
            "`CompareStatement` until the statement is complete. FAILED_PRECONDITION, HTTP 422."
        ),
    )
    STATEMENT_ACTION_UNFIT = (
        "STATEMENT_ACTION_UNFIT",
        (
            "Cause: the row has nothing that the action could change, for example no held postback to be "
            "replayed; the message says what it lacks. Cure: choose another action, or leave a note. "
            "FAILED_PRECONDITION, HTTP 422."
        ),
    )
    REPORT_TOO_WIDE = (
        "REPORT_TOO_WIDE",
        (
            "Cause: the report has more rows or groups than an answer can hold; the message says which. Cure: ask"
            " for a shorter period, a coarser grain, fewer dimensions, a lower limit, or set a filter. "
            "INVALID_ARGUMENT, HTTP 400."
        ),
    )
    SUM_TOO_LARGE = (
        "SUM_TOO_LARGE",
        (
            "Cause: a sum of amounts is larger than 9,223,372,036,854.775807, in the currency that the message "
            "names: probably an amount is wrong. Cure: decline or restate the conversion with the wrong amount, "
            "or take back the entry; a report can leave the currency out with a filter. FAILED_PRECONDITION, HTTP"
            " 422."
        ),
    )
