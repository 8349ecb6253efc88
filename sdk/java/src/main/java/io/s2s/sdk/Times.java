package io.s2s.sdk;

import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;

/** Reads the times and durations of messages as those of {@code java.time}. */
public final class Times {
  private Times() {}

  /** Returns a time, such as that of a click. A time that is not set is 1970. */
  public static Instant instant(Timestamp message) {
    return Instant.ofEpochSecond(message.getSeconds(), message.getNanos());
  }

  /** Returns a duration, such as an attribution window. A duration that is not set is zero. */
  public static Duration duration(com.google.protobuf.Duration message) {
    return Duration.ofSeconds(message.getSeconds(), message.getNanos());
  }

  static Timestamp message(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  static com.google.protobuf.Duration message(Duration duration) {
    long seconds = duration.getSeconds();
    int nanos = duration.getNano();
    // Java's fraction is never negative. A message's fraction has the sign of its seconds.
    if (seconds < 0 && nanos > 0) {
      seconds++;
      nanos -= 1_000_000_000;
    }
    return com.google.protobuf.Duration.newBuilder().setSeconds(seconds).setNanos(nanos).build();
  }
}
