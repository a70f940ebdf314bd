/** Opens the customer-service window that widget.js put on this page. */
export function openCustomerService(): void {
  document.dispatchEvent(new Event("bot-widget:open"));
}
