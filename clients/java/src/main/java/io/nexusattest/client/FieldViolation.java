package io.nexusattest.client;

import java.io.Serializable;

/**
 * A field of the request that breaks a constraint.
 *
 * @param field its path, such as {@code policy.min_approvals}
 * @param description what it breaks
 */
public record FieldViolation(String field, String description) implements Serializable {}
