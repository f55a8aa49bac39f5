import { useEffect, useRef, useState } from "preact/hooks";

/** The comparison comes with a piece of the editor of its own, fetched after a pass. */
export function Diff({ own, reference }: { own: string; reference: string }) {
  const host = useRef<HTMLDivElement>(null);
  const [hasFailed, setFailed] = useState(false);
  useEffect(() => {
    let close = () => {};
    let isGone = false;
    void import("../editor/diff").then(
      ({ showDiff }) => {
        if (!isGone && host.current) close = showDiff(host.current, own, reference);
      },
      () => setFailed(true),
    );
    return () => {
      isGone = true;
      close();
    };
  }, [own, reference]);
  return hasFailed ? <pre class="code">{reference}</pre> : <div class="diff" ref={host} />;
}
