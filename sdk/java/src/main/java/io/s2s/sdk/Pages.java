package io.s2s.sdk;

import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The items of all pages of a list, for a {@code for} loop or as a stream. Each page is fetched
 * when it is reached, with a call of its own. Each loop begins at the first page.
 *
 * @param <T> the type of an item
 */
public final class Pages<T> implements Iterable<T> {
  private final Function<String, Page<T>> fetch;

  private record Page<T>(List<T> items, String next) {}

  /**
   * Creates the pages of a list.
   *
   * @param call fetches the page with a token, which is empty for the first page
   * @param items returns the items of a response
   * @param next returns the token of the next page; empty after the last one
   */
  <R> Pages(Function<String, R> call, Function<R, List<T>> items, Function<R, String> next) {
    fetch =
        token -> {
          R response = call.apply(token);
          return new Page<>(items.apply(response), next.apply(response));
        };
  }

  /** Iterates over the items; throws {@link S2sException} if a page can't be fetched. */
  @Override
  public Iterator<T> iterator() {
    return new Iterator<>() {
      private Iterator<T> items = Collections.emptyIterator();
      private String next = "";
      private boolean last;

      @Override
      public boolean hasNext() {
        while (!items.hasNext() && !last) {
          Page<T> page = fetch.apply(next);
          items = page.items.iterator();
          next = page.next;
          last = next.isEmpty();
        }
        return items.hasNext();
      }

      @Override
      public T next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return items.next();
      }
    };
  }

  /** Returns the items as a stream; reading it throws {@link S2sException} like a loop. */
  public Stream<T> stream() {
    return StreamSupport.stream(spliterator(), false);
  }
}
