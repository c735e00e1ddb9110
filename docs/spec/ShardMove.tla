----------------------------- MODULE ShardMove -----------------------------
(* One shard moves between living brokers whose WALs it shares with others   *)
(* ("filler"): hand-off (R9), SEALs with a fence list (R4), going on in the  *)
(* next generation (R8).  A SEAL fences the shard for leader epochs <= x;    *)
(* everything else of that broker goes on without asking anybody.            *)
EXTENDS Integers, FiniteSets, Sequences, TLC
CONSTANTS NB, NG, NS, NE, P,
          DrainBeforeHandoff, \* TRUE: hand-off only after p's in-flight objects are durable prefix
          SealEpochChecked,   \* TRUE: a seal closes epoch e only if x >= e
          OnSeal,      \* what becomes of unacknowledged batches that a SEAL does not fence: "carry" takes them
                       \* unchanged into the next generation, "resequence" drops them and rolls the log end
                       \* offset back to the durable end, "drop" drops them and does not
          AllowFiller,
          AllowRevoke  \* TRUE: the control plane calls an epoch closed that it saw unopened
B == 1..NB  G == 1..NG  Slots == 0..NS  E == 1..NE
VARIABLES asg, ldr, mode, opened, base, leo, hend, gen, sent, st, hw, sreq, saw
vars == <<asg, ldr, mode, opened, base, leo, hend, gen, sent, st, hw, sreq, saw>>
NONE == -1
Init == /\ asg = 1
        /\ ldr = [e \in E |-> IF e = 1 THEN 1 ELSE 0]
        /\ mode = [e \in E |-> IF e = 1 THEN "open" ELSE "none"]
        /\ opened = [e \in E |-> e = 1]
        /\ base = [e \in E |-> 0] /\ leo = [e \in E |-> 0]
        /\ hend = [e \in E |-> NONE]
        /\ gen = [b \in B |-> 1]
        /\ sent = [b \in B |-> [g \in G |-> <<>>]]          \* slot s holds sent[b][g][s+1] = <<epoch,off>>
        /\ st = [b \in B |-> [g \in G |-> [s \in Slots |-> "E"]]]
        /\ hw = [b \in B |-> [g \in G |-> 0]]
        /\ sreq = {} /\ saw = {}
\* a slot: "E" nothing, "D" data, or <<"S", x>>, a SEAL that fences the shard for epochs <= x
IsSeal(v) == v # "E" /\ v # "D"
X(v) == v[2]
FirstNonD(b,g) == CHOOSE n \in Slots : st[b][g][n] # "D" /\ \A s \in 0..(n-1) : st[b][g][s] = "D"
SealedAt(b,g) == IsSeal(st[b][g][FirstNonD(b,g)])
SealX(b,g) == X(st[b][g][FirstNonD(b,g)])
CountE(b,g,e,n) == Cardinality({s \in 0..(n-1) : s < Len(sent[b][g]) /\ sent[b][g][s+1][1] = e})
RECURSIVE SumG(_,_,_)
SumG(b,e,g) == IF g = 0 THEN 0 ELSE CountE(b,g,e,FirstNonD(b,g)) + SumG(b,e,g-1)

Assign(b) == /\ asg < NE /\ asg' = asg + 1 /\ ldr' = [ldr EXCEPT ![asg+1] = b]
             /\ UNCHANGED <<mode, opened, base, leo, hend, gen, sent, st, hw, sreq, saw>>
AppendB(b) == LET g == gen[b] IN
  /\ Len(sent[b][g]) < NS /\ Len(sent[b][g]) - hw[b][g] < P
  /\ \/ /\ AllowFiller
        /\ sent' = [sent EXCEPT ![b][g] = Append(@, <<0,0>>)] /\ UNCHANGED leo
     \/ \E e \in E : /\ ldr[e] = b /\ mode[e] = "open"
                     /\ sent' = [sent EXCEPT ![b][g] = Append(@, <<e,leo[e]>>)]
                     /\ leo' = [leo EXCEPT ![e] = @ + 1]
  /\ UNCHANGED <<asg, ldr, mode, opened, base, hend, gen, st, hw, sreq, saw>>
ApplyData(b,g,s) == /\ s < Len(sent[b][g]) /\ st[b][g][s] = "E"
                    /\ st' = [st EXCEPT ![b][g][s] = "D"]
                    /\ sreq' = {r \in sreq : ~(r[1] = b /\ r[2] = g /\ r[3] = s)}  \* dead requests
                    /\ UNCHANGED <<asg, ldr, mode, opened, base, leo, hend, gen, sent, hw, saw>>
Ack(b,g) == /\ hw[b][g] < Len(sent[b][g]) /\ st[b][g][hw[b][g]] = "D"
            /\ hw' = [hw EXCEPT ![b][g] = @ + 1]
            /\ UNCHANGED <<asg, ldr, mode, opened, base, leo, hend, gen, sent, st, sreq, saw>>
\* any sealer, with any (stale) view: x = 0 (fence for some other partition) or x < asg or whole death x=asg
SealReq(b,g,x) == /\ ~SealedAt(b,g) /\ st[b][g][FirstNonD(b,g)] = "E"
                  /\ g > 1 => SealedAt(b,g-1)
                  /\ x < asg
                  /\ <<b,g,FirstNonD(b,g),x>> \notin sreq
                  /\ sreq' = sreq \cup {<<b,g,FirstNonD(b,g),x>>}
                  /\ UNCHANGED <<asg, ldr, mode, opened, base, leo, hend, gen, sent, st, hw, saw>>
ApplySeal(r) == /\ st[r[1]][r[2]][r[3]] = "E"
                /\ st' = [st EXCEPT ![r[1]][r[2]][r[3]] = <<"S",r[4]>>]
                /\ sreq' = {q \in sreq : ~(q[1] = r[1] /\ q[2] = r[2] /\ q[3] = r[3])}
                /\ UNCHANGED <<asg, ldr, mode, opened, base, leo, hend, gen, sent, hw, saw>>
\* the broker's PUT got 412 and the GET shows a SEAL: roll to the next generation
SeesSeal(b) == LET g == gen[b] n == FirstNonD(b,g) IN
  /\ hw[b][g] = n /\ IsSeal(st[b][g][n]) /\ g < NG
  /\ gen' = [gen EXCEPT ![b] = g + 1]
  /\ mode' = [e \in E |-> IF ldr[e] \in {0,b} /\ e <= X(st[b][g][n]) THEN (IF ldr[e]=b THEN "closed" ELSE mode[e]) ELSE mode[e]]
  /\ sent' = IF OnSeal = "carry"
             THEN [sent EXCEPT ![b][g+1] = SelectSeq(SubSeq(sent[b][g], n+1, Len(sent[b][g])), LAMBDA r : r[1] = 0 \/ r[1] > X(st[b][g][n]))]
             ELSE sent
  /\ leo' = IF OnSeal = "resequence"
            THEN [e \in E |-> IF ldr[e] = b /\ opened[e] THEN base[e] + SumG(b,e,g) ELSE leo[e]]
            ELSE leo
  /\ UNCHANGED <<asg, ldr, opened, base, hend, st, hw, sreq, saw>>
Drain(e) == /\ e < asg /\ mode[e] = "open" /\ mode' = [mode EXCEPT ![e] = "draining"]
            /\ UNCHANGED <<asg, ldr, opened, base, leo, hend, gen, sent, st, hw, sreq, saw>>
Handoff(e) == LET b == ldr[e] g == gen[b] IN
  /\ e < asg /\ hend[e] = NONE
  /\ \/ /\ mode[e] = "draining"
        /\ DrainBeforeHandoff => \A s \in hw[b][g]..(Len(sent[b][g])-1) : sent[b][g][s+1][1] # e
        /\ hend' = [hend EXCEPT ![e] = leo[e] - base[e]]
     \/ mode[e] = "none" /\ hend' = [hend EXCEPT ![e] = 0]     \* relinquish, never opened
  /\ mode' = [mode EXCEPT ![e] = "closed"]
  /\ UNCHANGED <<asg, ldr, opened, base, leo, gen, sent, st, hw, sreq, saw>>
\* first generation of ldr[e] whose valid seal closes epoch e (all earlier gens are sealed by construction)
CloseGens(e) == {g \in G : /\ \A h \in 1..g : SealedAt(ldr[e],h)
                           /\ SealEpochChecked => SealX(ldr[e],g) >= e}
MinG(S) == CHOOSE g \in S : \A h \in S : g <= h
Closed(e) == hend[e] # NONE \/ CloseGens(e) # {}
LenE(e) == IF hend[e] # NONE THEN hend[e] ELSE SumG(ldr[e], e, MinG(CloseGens(e)))
RECURSIVE SumL(_)
SumL(e) == IF e = 0 THEN 0 ELSE LenE(e) + SumL(e-1)
Open(e) == /\ e <= asg /\ mode[e] = "none"
           /\ \A d \in 1..(e-1) : Closed(d)
           /\ mode' = [mode EXCEPT ![e] = "open"] /\ opened' = [opened EXCEPT ![e] = TRUE]
           /\ base' = [base EXCEPT ![e] = SumL(e-1)] /\ leo' = [leo EXCEPT ![e] = SumL(e-1)]
           /\ UNCHANGED <<asg, ldr, hend, gen, sent, st, hw, sreq, saw>>
\* the control plane looks, sees nothing, and later acts on what it saw; opening happens in the bucket, unseen
Look(e) == /\ AllowRevoke /\ e < asg /\ mode[e] = "none" /\ saw' = saw \cup {e}
           /\ UNCHANGED <<asg, ldr, mode, opened, base, leo, hend, gen, sent, st, hw, sreq>>
Revoke(e) == /\ e \in saw /\ hend[e] = NONE /\ hend' = [hend EXCEPT ![e] = 0]
             /\ UNCHANGED <<asg, ldr, mode, opened, base, leo, gen, sent, st, hw, sreq, saw>>
Next == \/ \E b \in B : Assign(b) \/ AppendB(b) \/ SeesSeal(b)
        \/ \E b \in B, g \in G : Ack(b,g) \/ (\E s \in Slots : ApplyData(b,g,s))
                                 \/ (\E x \in 0..NE : SealReq(b,g,x))
        \/ \E r \in sreq : ApplySeal(r)
        \/ \E e \in E : Drain(e) \/ Handoff(e) \/ Open(e) \/ Look(e) \/ Revoke(e)
Spec == Init /\ [][Next]_vars
\* records of the shard that were acked / are in the committed prefix of an active or sealed generation
Acked == {<<b,g,s>> \in B \X G \X (0..(NS-1)) : s < hw[b][g] /\ sent[b][g][s+1][1] # 0}
Off(r) == sent[r[1]][r[2]][r[3]+1][2]
Ep(r)  == sent[r[1]][r[2]][r[3]+1][1]
Agreement == \A r,q \in Acked : Off(r) = Off(q) => r = q
NoLoss == \A r \in Acked : \A e \in E : (opened[e] /\ e > Ep(r)) => Off(r) < base[e]
\* every offset below the newest opened base is covered by exactly one durable record
NoHole == \A e \in E : opened[e] => \A o \in 0..(base[e]-1) :
             \E b \in B, g \in G, s \in 0..(NS-1) : /\ s < FirstNonD(b,g) /\ s < Len(sent[b][g])
                                                   /\ sent[b][g][s+1][1] \in 1..(e-1) /\ sent[b][g][s+1][2] = o
=============================================================================
