/** Marks test files that take seconds each, or measure their own process: `npm run test:unit` leaves them out. */
export {};
