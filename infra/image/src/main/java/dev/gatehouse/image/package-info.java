/** What runs while a function's image is built, and is not in it: the layout of its files, and the training of its AOT cache. */
@NullMarked
package dev.gatehouse.image;

import org.jspecify.annotations.NullMarked;
