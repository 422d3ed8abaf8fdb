/**
 * The lane of everything that is stored.
 *
 * @module
 */

/**
 * A database may be divided into lanes, by message id; this program serves those that have one. Every statement names it
 * where a key begins with it.
 */
export const LANE = 0;
