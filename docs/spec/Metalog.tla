------------------------------ MODULE Metalog ------------------------------
(* R6 and the metalog: write-once meta/<n>, put out of the outbox of a       *)
(* control plane's database.  Control plane "A" made the cluster and has two *)
(* replicas on one database; "B" attaches the prefix later.                  *)
(*                                                                           *)
(* The store may apply every PUT that was ever sent at any later time and    *)
(* any number of times, and may lose its answer.  A replica may stop at any  *)
(* instant; a database may be put back to an earlier state while its         *)
(* replicas go on with what they hold in memory.                             *)
(*                                                                           *)
(* Entry n, where it is in force, gives the only shard to incarnation id at  *)
(* leader epoch n.  id is the nonce, too: no two entries have equal bytes.   *)
EXTENDS Integers, FiniteSets, Sequences, TLC
CONSTANTS N,            \* highest entry
          MAXID,        \* number of entries ever composed (changes and CLAIMs)
          RESTORES,     \* how often databases are put back, in all
          OUT,          \* how many entries an outbox may hold
          RowLock,      \* TRUE: n under the row's lock; FALSE: from a sequence (numbers burn, commits overtake)
          WaitForN,     \* TRUE: entry n+1 is PUT only after n is known to be stored
          Frozen,       \* TRUE: bytes frozen in the outbox; FALSE: each replica serializes again
          Compare,      \* TRUE: 412 => compare bytes; FALSE: an entry of my control plane counts as mine
          MarkByBytes,  \* TRUE: "stored" is noted only for the very bytes; FALSE: for whatever the outbox has at n
          AckStored,    \* TRUE: a call succeeds only when its entry is stored; FALSE: also on a time-out
          PushStored,   \* TRUE: brokers are told only of stored entries
          UseClaim,     \* TRUE: whoever attaches writes CLAIM first
          Detach,       \* TRUE: who reads a foreign CLAIM stops for good
          SnapBucket,   \* TRUE: snapshots replay the bucket; FALSE: they are made from rows
          Delete,       \* TRUE: entries below a snapshot are deleted
          UseB          \* TRUE: control plane B exists

CP  == IF UseB THEN {"A","B"} ELSE {"A"}
Rep == IF UseB THEN {1,2,3} ELSE {1,2}
CpOf(r) == IF r = 3 THEN "B" ELSE "A"
Brk == {1,2}
NIL == [cp |-> "-", id |-> 0, cl |-> FALSE, ser |-> 0, par |-> 0]   \* nothing there
NOMEM == [n |-> 0, e |-> NIL]
VARIABLES meta,    \* the bucket
          sent,    \* every PUT ever sent: <<n, entry>>
          db,      \* per control plane: hist = entries known stored, out = outbox, att = attachment
          old,     \* a backup of it
          mem,     \* what a replica is publishing
          ids, restores,
          acked, failed,   \* <<n, entry>> answered "done"; ids answered "did not happen" (all else: unknown)
          pushed,  \* entries brokers were told over streams
          blog,    \* what a broker has applied
          snap,    \* snapshot (the entries that it stands for)
          attAt    \* ghost: B was told "attached" when the prefix had this length
vars == <<meta, sent, db, old, mem, ids, restores, acked, failed, pushed, blog, snap, attAt>>

Db0(c) == [hist |-> <<>>, out |-> <<>>, att |-> IF c = "A" THEN "own" ELSE "none"]
Init == /\ meta = [n \in 1..N |-> NIL] /\ sent = {}
        /\ db = [c \in CP |-> Db0(c)] /\ old = db
        /\ mem = [r \in Rep |-> NOMEM]
        /\ ids = 0 /\ restores = 0 /\ acked = {} /\ failed = {} /\ pushed = {}
        /\ blog = [b \in Brk |-> <<>>] /\ snap = <<>> /\ attAt = N

\* ---- folding: who owns the cluster when entry n is read, and whether n is in force
RECURSIVE Owner(_,_)
Owner(q, n) == IF n = 1 THEN "A" ELSE IF q[n-1].cl THEN q[n-1].cp ELSE Owner(q, n-1)
InForce(q, n) == /\ n <= Len(q) /\ q[n] # NIL /\ (q[n].cl \/ ~UseClaim \/ q[n].cp = Owner(q, n))
At(n) == IF meta[n] = NIL /\ n <= Len(snap) THEN snap[n] ELSE meta[n]   \* deleted: the snapshot stands for it
RECURSIVE Upto(_)
Upto(n) == IF n < N /\ At(n+1) # NIL THEN Upto(n+1) ELSE n
Prefix(n) == [m \in 1..n |-> At(m)]
Log == Prefix(Upto(0))                                        \* the bucket's contiguous history
Last(q) == IF q = <<>> THEN 0 ELSE q[Len(q)].id
Foreign(c, e) == e.cl /\ e.cp # c

\* ---- control plane: one transaction changes rows and appends the entry to the outbox
Begin(c) == LET d == db[c] IN
  /\ d.att = "own" /\ ids < MAXID /\ Len(d.out) < OUT /\ Len(d.hist) + Len(d.out) < N
  /\ ids' = ids + 1
  /\ db' = [db EXCEPT ![c].out = Append(@, [cp |-> c, id |-> ids+1, cl |-> FALSE, ser |-> 0, par |-> Last(d.hist \o d.out)])]
  /\ acked' = IF AckStored THEN acked ELSE acked \cup {<<Len(d.hist)+Len(d.out)+1, db'[c].out[Len(d.out)+1]>>}
  /\ UNCHANGED <<meta, sent, old, mem, restores, failed, pushed, blog, snap, attAt>>
\* sequence instead of row lock: the number is burnt (the transaction rolls back, or commits later than its follower)
Burn(c) == LET d == db[c] IN
  /\ ~RowLock /\ d.att = "own" /\ Len(d.out) < OUT /\ Len(d.hist) + Len(d.out) < N - 1
  /\ db' = [db EXCEPT ![c].out = Append(@, NIL)]
  /\ UNCHANGED <<meta, sent, old, mem, ids, restores, acked, failed, pushed, blog, snap, attAt>>
\* B adopts what the bucket holds; CLAIM is its first entry
Attach(c) == LET p == Log IN
  /\ db[c].att = "none" /\ Len(p) < N /\ ids < MAXID
  /\ IF UseClaim
     THEN /\ db' = [db EXCEPT ![c] = [hist |-> p, att |-> "claim", out |-> <<[cp |-> c, id |-> ids+1, cl |-> TRUE, ser |-> 0, par |-> Last(p)]>>]]
          /\ ids' = ids + 1 /\ UNCHANGED attAt
     ELSE /\ db' = [db EXCEPT ![c] = [hist |-> p, att |-> "own", out |-> <<>>]]
          /\ attAt' = Len(p) /\ UNCHANGED ids
  /\ UNCHANGED <<meta, sent, old, mem, restores, acked, failed, pushed, blog, snap>>
\* a replica takes the first entry of the outbox and sends the PUT
Send(r) == LET c == CpOf(r) d == db[c] IN
  /\ mem[r] = NOMEM /\ d.att \in {"own","claim"}
  /\ \E i \in 1..Len(d.out) :
       /\ (WaitForN /\ RowLock) => i = 1
       /\ d.out[i] # NIL
       /\ LET e == IF Frozen THEN d.out[i] ELSE [d.out[i] EXCEPT !.ser = r]
              m == [n |-> Len(d.hist)+i, e |-> e] IN
          /\ mem' = [mem EXCEPT ![r] = m]
          /\ sent' = sent \cup {<<m.n, e>>}
          /\ pushed' = IF PushStored THEN pushed ELSE pushed \cup {<<m.n, e>>}
  /\ UNCHANGED <<meta, db, old, ids, restores, acked, failed, blog, snap, attAt>>
\* the store applies a new, repeated, duplicated or very late PUT (If-None-Match: *)
Apply(p) == /\ meta[p[1]] = NIL
            /\ meta' = [meta EXCEPT ![p[1]] = p[2]]
            /\ UNCHANGED <<sent, db, old, mem, ids, restores, acked, failed, pushed, blog, snap, attAt>>
\* the projector: adopt entry x of the bucket at n; the outbox is void and its calls fail; a CLAIM tries again behind it
Adopt(c, x) == LET d == db[c] h == Append(d.hist, x) IN
  IF Detach /\ UseClaim /\ Foreign(c, x) /\ d.att = "own" THEN [hist |-> h, out |-> <<>>, att |-> "gone"]
  ELSE IF d.att = "claim" THEN [hist |-> h, att |-> "claim",
            out |-> IF Len(h) < N THEN <<[cp |-> c, id |-> ids+1, cl |-> TRUE, ser |-> 0, par |-> x.id]>> ELSE <<>>]
  ELSE [hist |-> h, out |-> <<>>, att |-> d.att]
\* the outcome is known: 200, or 412 and the object read back
Learn(r) == LET c == CpOf(r) m == mem[r] x == meta[m.n] d == db[c]
                pos == m.n - Len(d.hist)                       \* its place in the outbox of the database as it is NOW
                there == pos >= 1 /\ pos <= Len(d.out)
                same == there /\ d.out[pos].id = m.e.id
                mine == IF Compare THEN x = m.e ELSE x.cp = c
            IN
  /\ m # NOMEM /\ x # NIL
  /\ mem' = [mem EXCEPT ![r] = NOMEM]
  /\ IF mine
     THEN /\ acked' = acked \cup {<<m.n, m.e>>}
          /\ pushed' = pushed \cup {<<m.n, m.e>>}
          /\ IF pos = 1 /\ there /\ (same \/ ~MarkByBytes)
             THEN db' = [db EXCEPT ![c] = [hist |-> Append(d.hist, IF Compare THEN d.out[1] ELSE m.e), out |-> Tail(d.out), att |-> "own"]]
             ELSE UNCHANGED db
          /\ attAt' = IF m.e.cl /\ m.n < attAt THEN m.n ELSE attAt
          /\ UNCHANGED <<failed, ids>>
     ELSE /\ failed' = failed \cup {m.e.id} \cup (IF same /\ pos = 1 THEN {d.out[i].id : i \in 1..Len(d.out)} ELSE {})
          /\ IF same /\ pos = 1 THEN db' = [db EXCEPT ![c] = Adopt(c, x)] ELSE UNCHANGED db
          /\ ids' = IF db'[c].att = "claim" /\ db' # db THEN ids + 1 ELSE ids
          /\ ids' <= MAXID
          /\ UNCHANGED <<acked, pushed, attAt>>
  /\ UNCHANGED <<meta, sent, old, restores, blog, snap>>
\* an idle control plane finds entries that its database does not know (it was rolled back)
CatchUp(c) == LET n == Len(db[c].hist) + 1 IN
  /\ db[c].att = "own" /\ db[c].out = <<>> /\ n <= N /\ At(n) # NIL
  /\ db' = [db EXCEPT ![c] = Adopt(c, At(n))]
  /\ UNCHANGED <<meta, sent, old, mem, ids, restores, acked, failed, pushed, blog, snap, attAt>>
\* a replica dies, or its call times out: the caller is told "unknown"
Crash(r) == /\ mem[r] # NOMEM /\ mem' = [mem EXCEPT ![r] = NOMEM]
            /\ UNCHANGED <<meta, sent, db, old, ids, restores, acked, failed, pushed, blog, snap, attAt>>
Backup(c) == /\ old[c] # db[c] /\ old[c] = Db0(c) /\ restores < RESTORES
             /\ old' = [old EXCEPT ![c] = db[c]]
             /\ UNCHANGED <<meta, sent, db, mem, ids, restores, acked, failed, pushed, blog, snap, attAt>>
Restore(c) == /\ restores < RESTORES /\ db[c] # old[c]
              /\ restores' = restores + 1 /\ db' = [db EXCEPT ![c] = old[c]]
              /\ UNCHANGED <<meta, sent, old, mem, ids, acked, failed, pushed, blog, snap, attAt>>
\* ---- snapshot, and (naive) deletion of what it stands for
MakeSnap(c) == /\ snap = <<>>
               /\ snap' = IF SnapBucket THEN Log ELSE db[c].hist \o db[c].out
               /\ snap' # <<>>
               /\ UNCHANGED <<meta, sent, db, old, mem, ids, restores, acked, failed, pushed, blog, attAt>>
DeleteOld(n) == /\ Delete /\ n <= Len(snap) /\ meta[n] = snap[n]
                /\ meta' = [meta EXCEPT ![n] = NIL]
                /\ UNCHANGED <<sent, db, old, mem, ids, restores, acked, failed, pushed, blog, snap, attAt>>
\* ---- brokers apply strictly in order, from the bucket or from a push; a fresh one may start from the snapshot
FromBucket(b) == LET n == Len(blog[b]) + 1 IN
  /\ n <= N
  /\ \/ meta[n] # NIL /\ blog' = [blog EXCEPT ![b] = Append(@, meta[n])]
     \/ ~RowLock /\ n < N /\ meta[n] = NIL /\ meta[n+1] # NIL /\ blog' = [blog EXCEPT ![b] = Append(@, NIL)]   \* gaps must be skipped
  /\ UNCHANGED <<meta, sent, db, old, mem, ids, restores, acked, failed, pushed, snap, attAt>>
FromPush(b, p) == /\ p[1] = Len(blog[b]) + 1 /\ blog' = [blog EXCEPT ![b] = Append(@, p[2])]
                  /\ UNCHANGED <<meta, sent, db, old, mem, ids, restores, acked, failed, pushed, snap, attAt>>
FromSnap(b) == /\ snap # <<>> /\ blog[b] = <<>> /\ blog' = [blog EXCEPT ![b] = snap]
               /\ UNCHANGED <<meta, sent, db, old, mem, ids, restores, acked, failed, pushed, snap, attAt>>
Next == \/ \E c \in CP : Begin(c) \/ Burn(c) \/ Attach(c) \/ CatchUp(c) \/ Backup(c) \/ Restore(c) \/ MakeSnap(c)
        \/ \E r \in Rep : Send(r) \/ Learn(r) \/ Crash(r)
        \/ \E p \in sent : Apply(p)
        \/ \E n \in 1..N : DeleteOld(n)
        \/ \E b \in Brk : FromBucket(b) \/ FromSnap(b) \/ \E p \in pushed : FromPush(b, p)
Spec == Init /\ [][Next]_vars

\* ------------------------------------------------------------- invariants
\* all who applied entry n applied the same bytes, and those are the bucket's
SameBytes == \A b \in Brk : \A n \in 1..Len(blog[b]) :
                /\ At(n) # NIL => blog[b][n] = At(n)
                /\ \A c \in Brk : n <= Len(blog[c]) => blog[b][n] = blog[c][n]
\* one incarnation per (shard, epoch), whoever folds: brokers, snapshot, bucket
Views == {Log, snap} \cup {blog[b] : b \in Brk}
OneOwner == \A q, p \in Views : \A n \in 1..N : InForce(q,n) /\ InForce(p,n) => q[n].id = p[n].id
\* nobody passes over an entry, and each entry follows the one its writer saw
NoSkip == /\ \A b \in Brk : \A n \in 1..Len(blog[b]) : blog[b][n] # NIL
          /\ \A n \in 2..N : meta[n] # NIL => At(n-1) # NIL /\ meta[n].par = At(n-1).id
\* after B owns the cluster no entry of A is in force
AfterClaim == \A q \in Views : \A n \in 1..Len(q) : n > attAt /\ InForce(q,n) => q[n].cp = "B"
\* ... it is not even stored (the void rule is a second line)
NoneAfterClaim == \A n \in 2..N : \A m \in 1..(n-1) : meta[m].cl /\ meta[n] # NIL => meta[n].cp = "B"
\* "done" is in force at its n for ever; "did not happen" never is
AckedInForce == \A a \in acked : InForce(Log, a[1]) /\ Log[a[1]] = a[2]
FailedIsNot == \A n \in 1..Len(Log) : InForce(Log,n) => Log[n].id \notin failed
=============================================================================
