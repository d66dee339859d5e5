/* Browsers start no worker for a page that was opened as a file. The search has one: here it runs in a hidden frame. */
if (location.protocol === "file:") {
  class IFrameWorker extends EventTarget {
    #frame = document.createElement("iframe");
    #ready;

    constructor(url) {
      super();
      this.#frame.hidden = true;
      document.body.append(this.#frame);
      const inner = this.#frame.contentWindow;
      inner.postMessage = (data) => setTimeout(() => this.dispatchEvent(new MessageEvent("message", { data })));
      inner.importScripts = (...urls) => urls.reduce((before, next) => before.then(() => loaded(inner, next)), Promise.resolve());
      this.#ready = loaded(inner, url);
    }

    postMessage(data) {
      this.#ready.then(() => this.#frame.contentWindow.dispatchEvent(new MessageEvent("message", { data })));
    }

    terminate() {
      this.#frame.remove();
    }
  }

  function loaded(inner, url) {
    return new Promise((resolve, reject) => {
      const script = inner.document.createElement("script");
      Object.assign(script, { src: url, onload: resolve, onerror: reject });
      inner.document.head.append(script);
    });
  }

  window.Worker = window.IFrameWorker = IFrameWorker;
}
