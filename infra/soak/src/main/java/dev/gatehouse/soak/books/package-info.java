// SPDX-License-Identifier: Apache-2.0
/** One book for each capability: a thread plays its callers and compares the answers. */
package dev.gatehouse.soak.books;
