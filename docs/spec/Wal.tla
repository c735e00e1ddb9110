-------------------------------- MODULE Wal --------------------------------
(* The WAL's core, R1 to R5 and R7: one partition over a chain of brokers,   *)
(* each in its own WAL.  Broker w was assigned leader epoch w.               *)
(*                                                                           *)
(* store[w][s] is what slot s of w's WAL holds: "E" nothing yet, "D" the     *)
(* data of w, "S" a SEAL, "G" deleted (to a conditional PUT as good as       *)
(* nothing).  One record per slot, at offset base[w] + s.                    *)
(*                                                                           *)
(* The store may apply every PUT that was ever sent (data: s < nxt[w]; SEAL: *)
(* s in sreq[w]) at any later time and any number of times, and may lose its *)
(* answer.  No broker ever stops by itself: nothing may rest on that.        *)
EXTENDS Integers, FiniteSets, TLC

CONSTANTS NW,          \* incarnations = leader epochs
          NS,          \* data slots per WAL
          P,           \* pipeline depth (max PUTs beyond the acked prefix)
          NSEAL,       \* concurrent sealers per WAL
          AckPrefix,   \* TRUE: ack k only when all <= k known durable
          SealAtGap,   \* TRUE: seal at first missing; FALSE: after the max seen (LIST)
          CondPut,     \* TRUE: If-None-Match:* honoured atomically
          ReadBack,    \* TRUE: 412 => GET & compare nonce; FALSE: 412 taken as "my retry landed"
          ValidateFloor, \* TRUE: after SEAL read the floor again, seal valid iff floor <= slot
          KeepSeal,    \* TRUE: the SEAL object is never deleted
          SealAllPred, \* TRUE: successor needs every earlier assigned epoch sealed
          Collect,       \* consolidation and collection
          WindowSeal   \* TRUE: a sealer may also send SEALs ahead of the first missing slot

W == 1..NW
Slots == 0..NS          \* slot NS can only hold a SEAL
VARIABLES assigned, opened, base, store, nxt, acked, resp, floor, rp, sreq, spos, sst
vars == <<assigned, opened, base, store, nxt, acked, resp, floor, rp, sreq, spos, sst>>
J == 1..NSEAL

Init == /\ assigned = 1
        /\ opened = [w \in W |-> w = 1]
        /\ base = [w \in W |-> 0]
        /\ store = [w \in W |-> [s \in Slots |-> "E"]]
        /\ nxt = [w \in W |-> 0]
        /\ acked = [w \in W |-> {}]
        /\ resp = [w \in W |-> {}]
        /\ floor = [w \in W |-> 0]
        /\ rp = [w \in W |-> 0]
        /\ sreq = [w \in W |-> {}]
        /\ spos = [w \in W |-> [j \in J |-> 0]]
        /\ sst = [w \in W |-> [j \in J |-> "idle"]]

Absent(w,s) == store[w][s] \in {"E","G"}
Hw(w) == CHOOSE n \in 0..NS : (\A s \in 0..(n-1) : s \in acked[w]) /\ (n \notin acked[w])

\* ---- control plane: (possibly false) suspicion, assign the next epoch
Assign == /\ assigned < NW /\ assigned' = assigned + 1
          /\ UNCHANGED <<opened, base, store, nxt, acked, resp, floor, rp, sreq, spos, sst>>

\* ---- writer
Send(w) == /\ opened[w] /\ nxt[w] < NS /\ nxt[w] - Hw(w) < P
           /\ nxt' = [nxt EXCEPT ![w] = @ + 1]
           /\ UNCHANGED <<assigned, opened, base, store, acked, resp, floor, rp, sreq, spos, sst>>

\* the store applies a (new, retried, duplicated or zombie) data PUT
ApplyData(w,s) == /\ s < nxt[w]
                  /\ IF CondPut THEN Absent(w,s) ELSE store[w][s] # "D"
                  /\ store' = [store EXCEPT ![w][s] = "D"]
                  /\ resp' = [resp EXCEPT ![w] = @ \cup {s}]
                  /\ UNCHANGED <<assigned, opened, base, nxt, acked, floor, rp, sreq, spos, sst>>

\* the writer learns that slot s is durable and acks
Durable(w,s) == \/ s \in resp[w]                                    \* a 200 came back
                \/ ReadBack /\ store[w][s] = "D"                    \* 412, GET shows my nonce
                \/ ~ReadBack /\ store[w][s] \in {"D","S"}           \* 412 taken as success
Ack(w,s) == /\ s < nxt[w] /\ s \notin acked[w]
            /\ AckPrefix => \A t \in 0..(s-1) : t \in acked[w]
            /\ Durable(w,s)
            /\ acked' = [acked EXCEPT ![w] = @ \cup {s}]
            /\ UNCHANGED <<assigned, opened, base, store, nxt, resp, floor, rp, sreq, spos, sst>>

\* ---- sealers of WAL v (control plane replica, next owner, ...)
SealStart(v,j) == /\ assigned > v /\ sst[v][j] = "idle"
                  /\ sst' = [sst EXCEPT ![v][j] = "probe"]
                  /\ spos' = [spos EXCEPT ![v][j] = floor[v]]
                  /\ UNCHANGED <<assigned, opened, base, store, nxt, acked, resp, floor, rp, sreq>>

MaxSeen(v) == IF \E s \in Slots : store[v][s] = "D"
              THEN CHOOSE s \in Slots : store[v][s] = "D" /\ \A t \in Slots : store[v][t] = "D" => t <= s
              ELSE floor[v] - 1
FirstNonD(v,f) == CHOOSE n \in f..NS : /\ \A s \in f..(n-1) : store[v][s] = "D"
                                       /\ store[v][n] # "D"

SealProbe(v,j) ==
  /\ sst[v][j] = "probe"
  /\ LET p == spos[v][j] IN
     IF SealAtGap
     THEN CASE store[v][p] = "D" -> /\ spos' = [spos EXCEPT ![v][j] = p + 1]
                                    /\ UNCHANGED <<sst, sreq>>
            [] store[v][p] = "S" -> /\ sst' = [sst EXCEPT ![v][j] = IF ValidateFloor THEN "check" ELSE "done"]
                                    /\ UNCHANGED <<spos, sreq>>
            [] Absent(v,p)       -> /\ p \notin sreq[v]
                                    /\ sreq' = [sreq EXCEPT ![v] = @ \cup {p}]
                                    /\ UNCHANGED <<spos, sst>>
     ELSE \* naive: LIST, seal after the largest key, end = contiguous prefix when the seal is seen
          IF \E s \in Slots : store[v][s] = "S"
          THEN /\ sst' = [sst EXCEPT ![v][j] = "done"]
               /\ spos' = [spos EXCEPT ![v][j] = FirstNonD(v, p)]
               /\ UNCHANGED sreq
          ELSE /\ (MaxSeen(v)+1) \notin sreq[v]
               /\ sreq' = [sreq EXCEPT ![v] = @ \cup {MaxSeen(v)+1}]
               /\ UNCHANGED <<spos, sst>>
  /\ UNCHANGED <<assigned, opened, base, store, nxt, acked, resp, floor, rp>>

SealCheck(v,j) == /\ sst[v][j] = "check"
                  /\ IF floor[v] <= spos[v][j]
                     THEN sst' = [sst EXCEPT ![v][j] = "done"] /\ UNCHANGED spos
                     ELSE /\ sst' = [sst EXCEPT ![v][j] = "probe"]
                          /\ spos' = [spos EXCEPT ![v][j] = floor[v]]
                  /\ UNCHANGED <<assigned, opened, base, store, nxt, acked, resp, floor, rp, sreq>>

ApplySeal(v,s) == /\ s \in sreq[v] /\ Absent(v,s)
                  /\ store' = [store EXCEPT ![v][s] = "S"]
                  /\ UNCHANGED <<assigned, opened, base, nxt, acked, resp, floor, rp, sreq, spos, sst>>

\* parallel window of SEALs ahead of a fast live writer (liveness aid)
SealAhead(v,s) == /\ WindowSeal /\ s \notin sreq[v] /\ \E j \in J : sst[v][j] = "probe" /\ s >= spos[v][j]
                  /\ sreq' = [sreq EXCEPT ![v] = @ \cup {s}]
                  /\ UNCHANGED <<assigned, opened, base, store, nxt, acked, resp, floor, rp, spos, sst>>

\* ---- takeover
Done(v) == {j \in J : sst[v][j] = "done"}
RECURSIVE SumEnd(_,_)
SumEnd(v, ch) == IF v = 0 THEN 0 ELSE spos[v][ch[v]] + SumEnd(v-1, ch)
LastOpened(w) == CHOOSE v \in 1..(w-1) : opened[v] /\ \A u \in 1..(w-1) : opened[u] => u <= v

Open(w) ==
  /\ w <= assigned /\ ~opened[w]
  /\ IF SealAllPred
     THEN /\ \A v \in 1..(w-1) : Done(v) # {}
          /\ \E ch \in [1..(w-1) -> J] :
               /\ \A v \in 1..(w-1) : ch[v] \in Done(v)
               /\ base' = [base EXCEPT ![w] = SumEnd(w-1, ch)]
     ELSE LET v == LastOpened(w) IN
          \E j \in Done(v) : base' = [base EXCEPT ![w] = base[v] + spos[v][j]]
  /\ opened' = [opened EXCEPT ![w] = TRUE]
  /\ UNCHANGED <<assigned, store, nxt, acked, resp, floor, rp, sreq, spos, sst>>

\* ---- consolidation moves the floor, collection deletes below it
Consolidate(w) == /\ Collect /\ opened[w] /\ store[w][floor[w]] = "D"
              /\ floor' = [floor EXCEPT ![w] = @ + 1]
              /\ UNCHANGED <<assigned, opened, base, store, nxt, acked, resp, rp, sreq, spos, sst>>
Delete(w,s) == /\ Collect /\ store[w][s] \in {"D","S"}
           /\ \/ s < floor[w]
              \/ /\ ~KeepSeal /\ store[w][s] = "S" /\ s = floor[w]      \* naive: a sealed WAL that is folded whole
                 /\ \E j \in J : sst[w][j] = "done" /\ spos[w][j] = s
           /\ store' = [store EXCEPT ![w][s] = "G"]
           /\ UNCHANGED <<assigned, opened, base, nxt, acked, resp, floor, rp, sreq, spos, sst>>

\* ---- any broker / read replica tailing the WAL from the store, contiguous only;
\*      404 below the floor => re-read manifest, take the rows from the segments
TailRead(w) == /\ opened[w]
               /\ \/ store[w][rp[w]] = "D" /\ rp' = [rp EXCEPT ![w] = @ + 1]
                  \/ rp[w] < floor[w] /\ rp' = [rp EXCEPT ![w] = floor[w]]
               /\ UNCHANGED <<assigned, opened, base, store, nxt, acked, resp, floor, sreq, spos, sst>>

Next == \/ Assign
        \/ \E w \in W : Send(w) \/ Open(w) \/ Consolidate(w) \/ TailRead(w)
        \/ \E w \in W, s \in Slots : ApplyData(w,s) \/ Ack(w,s) \/ ApplySeal(w,s) \/ Delete(w,s) \/ SealAhead(w,s)
        \/ \E w \in W, j \in J : SealStart(w,j) \/ SealProbe(w,j) \/ SealCheck(w,j)
Spec == Init /\ [][Next]_vars

\* ------------------------------------------------------------- invariants
Ended(w) == IF Done(w) = {} THEN {} ELSE UNION {0..(spos[w][j]-1) : j \in Done(w)}
ExpSlots(w) == acked[w] \cup (0..(rp[w]-1)) \cup (0..(floor[w]-1)) \cup Ended(w)
\* acked to a producer, served to a consumer, or taken over by a successor
Exposed == {<<base[w]+s, w, s>> : <<w,s>> \in {x \in W \X (0..NS) : opened[x[1]] /\ x[2] \in ExpSlots(x[1])}}
Retrievable(w,s) == s < floor[w] \/ store[w][s] = "D"

NoLoss == \A x \in Exposed : /\ Retrievable(x[2], x[3])
                             /\ \A v \in W : (opened[v] /\ v > x[2]) => x[1] < base[v]
Agreement == \A x,y \in Exposed : x[1] = y[1] => x = y
SealAgreement == \A v \in W : \A i,j \in Done(v) : spos[v][i] = spos[v][j]
StaleNeverAcks == \A w,v \in W : (w < v /\ opened[w] /\ opened[v]) =>
                      \A s \in acked[w] : base[w] + s < base[v]
=============================================================================
