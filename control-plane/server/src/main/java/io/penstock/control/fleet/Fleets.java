// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/// All fleets.
interface Fleets extends Repository<Fleet, String> {
    Fleet saveAndFlush(Fleet fleet);

    Optional<Fleet> findById(String id);

    List<Fleet> findByIdIn(Collection<String> ids);

    Optional<Fleet> findByName(String name);

    Optional<Fleet> findFirstByOrderById();

    List<Fleet> findAll();

    void delete(Fleet fleet);

    @Query("select f from Fleet f where f.id > :after order by f.id")
    List<Fleet> page(String after, Limit limit);

    long count();
}
