import { Component, type ComponentChildren } from 'preact';

/** A view that renders again only when one of its props is another one, for rows of long lists. */
export function memo<P extends object>(render: (props: P) => ComponentChildren) {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      const { props } = this;
      const keys = Object.keys(next) as (keyof P)[]; // Object.keys cannot know more than string.
      return keys.some((key) => next[key] !== props[key]);
    }

    override render(props: P): ComponentChildren {
      return render(props);
    }
  };
}
